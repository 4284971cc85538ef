using System.Text;
using System.Text.Json;
using LastRef.Kernel;
using LastRef.Lab;

namespace LastRef.Tests;

public sealed class ProfileTests
{
    private const string Example = """
        {
          "deviceId": "PCI\\VEN_1234&DEV_5678",
          "hardwareIds": [ "PCI\\VEN_1234&DEV_5678" ],
          "parameters": { "Level": 3, "Label": "text" },
          "resources": [
            { "kind": "port", "start": "0x3F8", "length": 8, "reads": [ 96, 0 ] },
            { "kind": "memory", "start": "0xFEB00000", "length": 4096, "reads": [ "0x1122334455667788", 7 ] },
            { "kind": "interrupt", "start": 4 }
          ],
          "children": [ { "hardwareId": "TEST\\CHILD", "service": "child" } ]
        }
        """;

    [Fact]
    public void Registers_of_a_profile_answer_in_turn_and_the_last_value_stays()
    {
        using var test = KernelTest.Boot();
        ProfileHardware.Install(test.Kernel, Read(Example).Resources);
        Assert.Equal([0x60u, 0u, 0u], [test.Kernel.Hal.ReadPort(0x3FD, 1), test.Kernel.Hal.ReadPort(0x3F8, 1), test.Kernel.Hal.ReadPort(0x3F8, 4)]);
        Assert.Equal(0xFFFFu, test.Kernel.Hal.ReadPort(0x400, 2));

        // mov eax,[rcx]; ret
        var load = test.Code(0x8B, 0x01, 0xC3);
        var mapped = test.CallNow("MmMapIoSpace", 0xFEB0_0000, 0x1000, 0);
        Assert.Equal([0x5566_7788UL, 7UL, 7UL], [Call(test, load, mapped), Call(test, load, mapped + 0x10), Call(test, load, mapped)]);
    }

    [Fact]
    public void A_profile_says_what_the_device_is()
    {
        var profile = Read(Example);
        Assert.Equal((@"PCI\VEN_1234&DEV_5678", 3, "child"), (profile.DeviceId, profile.Resources.Count, profile.Children.Single().Service));
        Assert.Equal(new ProfileValue(3, null), profile.Parameters["level"]);
        Assert.Equal(
            [new DeviceResource(DeviceResourceKind.Port, 0x3F8, 8), new(DeviceResourceKind.Memory, 0xFEB0_0000, 0x1000), new(DeviceResourceKind.Interrupt, 4, 0)],
            profile.Resources.Select(r => r.ToDeviceResource()));
    }

    [Theory]
    [InlineData("""{ "resources": [ { "kind": "port", "start": "0xFFF9", "length": 8 } ] }""", "ports end at 0xFFFF")]
    [InlineData("""{ "resources": [ { "kind": "port", "start": 1 } ] }""", "needs a length")]
    [InlineData("""{ "resources": [ { "kind": "memory", "start": "0xFEB00010", "length": 16 } ] }""", "must begin on a page")]
    [InlineData("""{ "resources": [ { "kind": "interrupt", "start": 4, "length": 1 } ] }""", "has no length")]
    [InlineData("""{ "resources": [ { "kind": "dma", "start": 4 } ] }""", "must be port, memory or interrupt")]
    [InlineData("""{ "colour": 1 }""", "unknown property 'colour'")]
    public void What_cannot_be_is_refused_in_one_line(string json, string expected)
    {
        var refused = Assert.Throws<InputException>(() => Read(json));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void The_schema_names_every_property_that_the_reader_knows()
    {
        using var schema = JsonDocument.Parse(File.ReadAllBytes(SchemaPath()));
        var named = schema.RootElement.GetProperty("properties").EnumerateObject().Select(p => p.Name).ToList();
        foreach (var name in named)
        {
            // Null is no value of any property: a known one is refused for its type or taken, an unknown one for its name.
            var problem = name is "schema" or "$schema" ? null : Record.Exception(() => Read($$"""{ "{{name}}": null }"""));
            Assert.DoesNotContain("unknown", problem?.Message ?? "", StringComparison.Ordinal);
        }

        using var example = JsonDocument.Parse(Example);
        Assert.All(example.RootElement.EnumerateObject(), p => Assert.Contains(p.Name, named));
    }

    private static ulong Call(KernelTest test, VirtualAddress code, ulong argument) => test.Run(thread => thread.Call(code, argument));

    private static DeviceProfile Read(string json) => ProfileReader.Read(new InputFile("profile.json", Encoding.UTF8.GetBytes(json)));

    private static string SchemaPath()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "schemas", "profile.schema.json");
            if (File.Exists(path))
                return path;
        }

        throw new FileNotFoundException("schemas/profile.schema.json is missing.");
    }
}
