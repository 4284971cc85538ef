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
        ProfileHardware.Install(test.Kernel, Read(Example).Resources, _ => { });
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
    [InlineData("""{ "settleSeconds": 61 }""", "must not be above 60")]
    [InlineData("""{ "colour": 1 }""", "unknown property 'colour'")]
    [InlineData("""{ "clients": [ { "behaviour": "ignores", "opens": "COM1" } ] }""", "a path that begins with a backslash")]
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

    [Fact]
    public void A_register_answers_by_its_script_and_may_keep_what_is_written()
    {
        using var test = KernelTest.Boot();
        var profile = Read("""
            { "resources": [ { "kind": "port", "start": "0x300", "length": 16, "reads": "zeros",
                "registers": [ { "offset": 5, "reads": [ 1, 2 ] }, { "offset": 7, "reads": "ones", "keepsWrites": true }, { "offset": 8, "length": 4, "reads": "0x11223344" } ] } ] }
            """);
        ProfileHardware.Install(test.Kernel, profile.Resources, _ => { });
        var hal = test.Kernel.Hal;
        Assert.Equal([0u, 1u, 2u, 2u], [hal.ReadPort(0x300, 1), hal.ReadPort(0x305, 1), hal.ReadPort(0x305, 1), hal.ReadPort(0x305, 1)]);
        Assert.Equal(0x11223344u, hal.ReadPort(0x308, 4));
        Assert.Equal(0xFFu, hal.ReadPort(0x307, 1));
        hal.WritePort(0x307, 1, 0x5A);
        hal.WritePort(0x300, 1, 0x5A);
        Assert.Equal([0x5Au, 0u], [hal.ReadPort(0x307, 1), hal.ReadPort(0x300, 1)]);
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_with_its_line_and_column()
    {
        const string text = """
            {
              // ü counts as one
              "colour": 1,
              "bus": "isa", "usb": { "vendorId": 1 },
              "resources": [ { "kind": "port", "start": 1, "length": 4, "registers": [ { "offset": 4 } ] } ],
              "clients": [ { "name": "app.exe" }, { "behaviour": "sleeps" } ],
              "hardwareIds": "one", "hardwareIds": []
            }
            """;
        var problems = ProfileReader.Check(new InputFile("p.json", Encoding.UTF8.GetBytes(text)));
        Assert.Equal(
            [
                "p.json:3:3: the profile has an unknown property 'colour'",
                "p.json:4:10: 'bus' is 'isa'; it must be internal, usb, serial, disk or hid",
                "p.json:4:24: 'usb' needs 'productId'",
                "p.json:4:24: 'usb' needs 'interfaces'",
                "p.json:4:24: 'usb' describes a device on a USB bus: 'bus' must be usb",
                "p.json:5:18: the register at offset 0x4 lies outside of its resource of 4 bytes",
                "p.json:6:16: a client needs 'behaviour'",
                "p.json:6:54: 'behaviour' is 'sleeps'; it must be closesOnQueryRemove, refuses, ignores, closesLate, closesThenReopens, deadlocks, waitsForThread or interfaceOnly",
                "p.json:7:18: 'hardwareIds' must be an array",
                "p.json:7:25: the profile has 'hardwareIds' twice",
            ],
            problems.Select(p => p.ToString()));
    }

    [Fact]
    public void An_interrupt_line_says_when_its_hardware_raises_it()
    {
        var resources = Read("""
            { "resources": [
              { "kind": "port", "start": 1, "length": 4, "registers": [ { "offset": 2, "raises": 7 } ] },
              { "kind": "interrupt", "start": 7, "fires": [ { "when": "started" }, { "when": "every", "milliseconds": 20, "times": 3 }, { "when": "unloaded" } ] } ] }
            """).Resources;
        Assert.Equal(7u, resources[0].Registers[0].Raises);
        Assert.Equal(
            [new ProfileInterrupt(ProfileInterruptTime.Started, 0, 1), new ProfileInterrupt(ProfileInterruptTime.Every, 20, 3), new ProfileInterrupt(ProfileInterruptTime.Unloaded, 0, 1)],
            resources[1].Fires);
    }

    [Theory]
    [InlineData("""{ "kind": "port", "start": 1, "length": 4, "fires": [ { "when": "started" } ] }""", "only an interrupt resource has 'fires'")]
    [InlineData("""{ "kind": "interrupt", "start": 4, "fires": [ { } ] }""", "an occasion of an interrupt needs 'when'")]
    [InlineData("""{ "kind": "interrupt", "start": 4, "fires": [ { "when": "daily" } ] }""", "'when' is 'daily'; it must be started, every or unloaded")]
    [InlineData("""{ "kind": "interrupt", "start": 4, "fires": [ { "when": "every" } ] }""", "an interrupt that comes 'every' so often needs 'milliseconds' and 'times' above zero")]
    [InlineData("""{ "kind": "interrupt", "start": 4, "fires": [ { "when": "started", "times": 2 } ] }""", "'milliseconds' and 'times' belong to 'every'")]
    [InlineData("""{ "kind": "port", "start": 1, "length": 4, "registers": [ { "offset": 0, "raises": 200 } ] }""", "'raises' must not be above 159")]
    [InlineData("""{ "kind": "port", "start": 1, "length": 4, "registers": [ { "offset": 0, "raises": 5 } ] }, { "kind": "interrupt", "start": 4 }""", "'raises' names line 5, which no interrupt resource has")]
    [InlineData("""{ "kind": "port", "start": 1, "length": 4, "registers": [ { "offset": 0, "raises": 6 } ] }, { "kind": "interrupt", "start": 4, "messages": 2 }""", "'raises' names line 6, which no interrupt resource has")]
    [InlineData("""{ "kind": "interrupt", "start": 4, "messages": 0 }""", "'messages' must be above zero; leave it out for an interrupt by wire")]
    [InlineData("""{ "kind": "interrupt", "start": 158, "messages": 4 }""", "4 messages from line 158 on are out of range: interrupt lines end at 0x9F")]
    [InlineData("""{ "kind": "interrupt", "start": 4, "messages": 2, "fires": [ { "when": "started", "message": 2 } ] }""", "'fires' names message 2 of 2")]
    [InlineData("""{ "kind": "port", "start": 1, "length": 4, "messages": 1 }""", "only an interrupt resource has 'messages'")]
    public void A_line_that_cannot_be_raised_so_is_told_with_its_place(string resource, string what)
    {
        var problem = Assert.Single(ProfileReader.Check(new InputFile("p.json", Encoding.UTF8.GetBytes("{ \"resources\": [ " + resource + " ] }"))));
        Assert.Equal((1, what), (problem.Line, problem.What));
    }

    [Theory]
    [InlineData("{ \"raw\": tru }", 1)]
    [InlineData("{\n \"raw\": true,\n", 3)]
    [InlineData("", 1)]
    [InlineData("{} {}", 1)]
    public void Text_that_is_no_JSON_is_refused_with_its_line(string text, int line)
    {
        var problem = Assert.Single(ProfileReader.Check(new InputFile("p.json", Encoding.UTF8.GetBytes(text))));
        Assert.Equal((line, "this is no valid JSON"), (problem.Line, problem.What));
    }

    [Fact]
    public void The_written_profile_has_nothing_wrong_is_what_the_lab_takes_by_itself_and_agrees_with_the_schema()
    {
        var file = new InputFile("new.json", Encoding.UTF8.GetBytes(ProfileTemplate.Text));
        Assert.Empty(ProfileReader.Check(file));
        var (written, own) = (ProfileReader.Read(file), new DeviceProfile());
        Assert.Equal((own.DeviceId, own.ClassGuid, own.ClassName, own.Description), (written.DeviceId, written.ClassGuid, written.ClassName, written.Description));
        Assert.Equal(own.HardwareIds, written.HardwareIds);
        Assert.Equal((own.Bus, own.Position, own.Service.Start, own.IsRaw), (written.Bus, written.Position, written.Service.Start, written.IsRaw));
        Assert.Empty(SchemaProblems(ProfileTemplate.Text));
    }

    [Fact]
    public void Examples_behind_comments_are_right_too()
    {
        // Every line of the template that is commented out inside of the object is an example: with all of them in force it still holds.
        var body = ProfileTemplate.Text[ProfileTemplate.Text.IndexOf('{', StringComparison.Ordinal)..];
        var lines = body.Split('\n').Select(line =>
        {
            var text = line.TrimStart();
            return text.StartsWith("// {", StringComparison.Ordinal) || text.StartsWith("// \"", StringComparison.Ordinal)
                || text.StartsWith("//   ", StringComparison.Ordinal) || text.StartsWith("// ]", StringComparison.Ordinal) || text.StartsWith("// }", StringComparison.Ordinal)
                ? text[3..]
                : line;
        });
        var json = string.Join('\n', lines).Replace("\"bus\": \"internal\"", "\"bus\": \"usb\"", StringComparison.Ordinal)
            .Replace("\"position\": \"function\"", "\"position\": \"upperFilter\"", StringComparison.Ordinal)
            .Replace("\"parent\": \"mybus\",", "", StringComparison.Ordinal)
            .Replace("\"serial\": { \"modemStatus\": \"0x30\", \"sends\": \"28 01 24\" },", "", StringComparison.Ordinal);
        json = System.Text.RegularExpressions.Regex.Replace(json, @"\}(\s*)\{", "},$1{");
        Assert.Empty(ProfileReader.Check(new InputFile("examples.json", Encoding.UTF8.GetBytes(json))));
        Assert.Empty(SchemaProblems(json));
    }

    [Fact]
    public void No_two_devices_of_one_USB_profile_have_one_serial_number()
    {
        var usb = new ProfileUsb { Strings = ["Maker", "Product", "S1", "more"] };
        Assert.Equal(["Maker", "Product", "S1", "more"], usb.Numbered(0).Strings);
        Assert.Equal(["Maker", "Product", "S12", "more"], usb.Numbered(2).Strings);
        Assert.Empty(new ProfileUsb().Numbered(1).Strings);
    }

    [Fact]
    public void A_parent_is_a_service_or_a_service_with_its_device()
    {
        Assert.Equal(("bus", null), (Read("""{ "parent": "bus" }""").Parent, Read("""{ "parent": "bus" }""").ParentDevice));
        var profile = Read("""{ "parent": { "driver": "bus", "device": { "deviceId": "USB\\X", "bus": "serial" } } }""");
        Assert.Equal(("bus", @"USB\X", ProfileBus.Serial), (profile.Parent, profile.ParentDevice!.DeviceId, profile.ParentDevice.Bus));
        Assert.Contains("'parent' needs 'driver'", Assert.Throws<InputException>(() => Read("""{ "parent": { } }""")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Profiles_of_the_repository_agree_with_reader_and_schema()
    {
        var folder = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(SchemaPath()))!, "tests", "profiles");
        var files = Directory.GetFiles(folder, "*.json");
        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            Assert.Empty(ProfileReader.Check(new InputFile(file, File.ReadAllBytes(file))));
            Assert.Empty(SchemaProblems(File.ReadAllText(file)));
        });
    }

    [Fact]
    public void The_schema_has_the_words_that_the_reader_knows()
    {
        using var schema = JsonDocument.Parse(File.ReadAllBytes(SchemaPath()));
        var properties = schema.RootElement.GetProperty("properties");
        Assert.Equal(ProfileWords.Properties.Order(), properties.EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal(ProfileWords.Buses.Keys, Words(properties.GetProperty("bus")));
        Assert.Equal(ProfileWords.Positions.Keys, Words(properties.GetProperty("position")));
        Assert.Equal(ProfileWords.Behaviours.Keys.Order(), Words(properties.GetProperty("clients").GetProperty("items").GetProperty("properties").GetProperty("behaviour")).Order());
        Assert.Equal(ProfileWords.Starts.Keys, Words(schema.RootElement.GetProperty("$defs").GetProperty("start")));

        static IEnumerable<string> Words(JsonElement element) => element.GetProperty("enum").EnumerateArray().Select(e => e.GetString()!);
    }

    private static List<string> SchemaProblems(string json)
    {
        using var schema = JsonDocument.Parse(File.ReadAllBytes(SchemaPath()));
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        return new JsonSchemaCheck(schema.RootElement).Problems(document.RootElement);
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
