using System.Text;
using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>The list of loaded modules as drivers look through it.</summary>
public sealed class ModuleListTests
{
    [Theory]
    [InlineData(19041, true)]
    [InlineData(7601, false)]
    public void The_list_has_the_modules_of_a_desktop(int build, bool hasFull)
    {
        using var test = KernelTest.Boot(new MachineOptions { Build = (NtBuild)build });
        test.Load("model-legacy.sys");
        var names = Modules(test).Select(m => m.Name).ToList();
        Assert.Equal("ntoskrnl.exe", names[0]);
        Assert.Contains("win32k.sys", names);
        Assert.Contains("model-legacy.sys", names);
        Assert.Equal(hasFull, names.Contains("win32kfull.sys"));
        Assert.Equal(names.Count, names.Distinct().Count());

        // The same entries stand in PsLoadedModuleList.
        var head = new VirtualAddress(test.Kernel.Images.ModuleListHead.Value);
        var listed = 0;
        for (var at = new ListEntry(test.Memory, head).Flink; at != head; at = new ListEntry(test.Memory, at).Flink)
            listed++;
        Assert.Equal(names.Count, listed);
    }

    [Fact]
    public void The_image_of_a_module_that_is_there_by_name_only_stops_the_run()
    {
        using var test = KernelTest.Boot();
        var ntfs = Modules(test).Single(m => m.Name == "Ntfs.sys");
        var stop = test.RunToStop(_ => test.Call("MmIsAddressValid", ntfs.Base));
        Assert.Contains("the image of Ntfs.sys, which the lab has by name only", stop.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Code_that_reads_such_an_image_stops_the_run()
    {
        using var test = KernelTest.Boot();
        var full = Modules(test).Single(m => m.Name == "win32kfull.sys");

        // mov eax, [rcx+3Ch]; ret
        var code = test.Code(0x8B, 0x41, 0x3C, 0xC3);
        var stop = test.RunToStop(async thread => await thread.Call(code, full.Base));
        Assert.Contains("win32kfull.sys", stop.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_asks_for_the_variable_gets_the_whole_list()
    {
        using var test = KernelTest.Boot();
        Assert.Null(test.Kernel.Images.WindowsModuleAt(AddressMap.WindowsImages));
        Assert.NotEqual(0UL, test.CallNow("MmGetSystemRoutineAddress", test.Text("PsLoadedModuleList")));
        Assert.NotNull(test.Kernel.Images.WindowsModuleAt(AddressMap.WindowsImages));
    }

    private static List<(string Name, ulong Base)> Modules(KernelTest test)
    {
        const ulong moduleInformation = 11;
        const int entryBytes = 0x128;
        var buffer = test.Allocate(0x8000);
        Assert.Equal(NtStatus.Success, test.Status("ZwQuerySystemInformation", moduleInformation, buffer.Value, 0x8000, 0));
        var modules = new List<(string, ulong)>();
        for (var i = 0; i < test.Memory.ReadUInt32(buffer); i++)
        {
            var entry = buffer + 8 + (i * entryBytes);
            var path = new byte[0x100];
            test.Memory.Read(entry + 0x28, path);
            var name = Encoding.ASCII.GetString(path)[test.Memory.ReadUInt16(entry + 0x26)..];
            modules.Add((name[..name.IndexOf('\0', StringComparison.Ordinal)], test.Memory.ReadUInt64(entry + 0x10)));
        }

        return modules;
    }
}
