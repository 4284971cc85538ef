using LastRef.Dumps;

namespace LastRef.Tests;

/// <summary>Small dumps: what they hold is read, and nothing is made up beyond it.</summary>
public class TriageTests
{
    [Fact]
    public void Modules_unloaded_modules_and_blocks_are_read()
    {
        using var dump = FormatTests.Open(TriageBuilder.Build());
        Assert.Equal(DumpKind.Triage, dump.Kind);
        Assert.Empty(dump.Notes);
        Assert.Null(dump.PhysicalMemory);
        Assert.Equal(
            [(@"\SystemRoot\system32\ntoskrnl.exe", TriageBuilder.KernelBase, 0x1046000u, 0x0D8333E6u), ("stuck.sys", 0xFFFF_F800_4000_0000, 0x8000u, 0x12345678u)],
            dump.Triage!.Modules.Select(m => (m.Name, m.Base.Value, m.Bytes, m.TimeDateStamp)));
        Assert.Equal([("dump_storpor", 0xFFFF_F800_5000_0000, 0x9000u)], dump.Triage.UnloadedModules.Select(m => (m.Name, m.Base.Value, m.Bytes)));
        Assert.Equal((TriageBuilder.KernelBase, 0x0D8333E6u, 0x1046000u), (dump.Identity.Base!.Value.Value, dump.Identity.TimeDateStamp, dump.Identity.SizeOfImage));
        Assert.Equal(TriageBuilder.KernelBase + 0xC2A390, dump.DebuggerData!.Find("PsLoadedModuleList")!.Value.Value);
        Assert.Equal(0x5A, dump.Kernel.ReadByte(new VirtualAddress(TriageBuilder.Stack + 0xFF)));
    }

    [Theory]
    [InlineData("ntoskrnl.exe")]
    [InlineData("NTOSKRNL")]
    public void An_image_is_found_by_its_file_though_the_dump_has_its_path(string name)
    {
        using var dump = FormatTests.Open(TriageBuilder.Build());
        Assert.Equal(TriageBuilder.KernelBase, Assert.Single(dump.Triage!.Modules, module => module.Is(name)).Base.Value);
    }

    [Theory]
    [InlineData("dump_storport", true)]
    [InlineData("Dump_Storport.sys", true)]
    [InlineData("dump_storpor", false)]
    [InlineData("dump_storporters", false)]
    public void An_unloaded_image_whose_name_is_cut_is_found_by_its_beginning_and_its_length(string name, bool isFound)
    {
        using var dump = FormatTests.Open(TriageBuilder.Build());
        var unloaded = Assert.Single(dump.Triage!.UnloadedModules);
        Assert.True(unloaded.IsNameCut);
        Assert.Equal(isFound, unloaded.Is(name));
    }

    [Fact]
    public void A_read_spans_blocks_that_touch_and_ends_where_nothing_was_captured()
    {
        using var dump = FormatTests.Open(TriageBuilder.Build());
        var bytes = new byte[0x500];
        Assert.True(dump.Kernel.TryRead(new VirtualAddress(0xFFFF_8A00_0000_0800), bytes, out _));
        Assert.Equal((1, 1, 2, 2, 3), (bytes[0], bytes[0x1FF], bytes[0x200], bytes[0x3FF], bytes[0x4FF]));
        Assert.False(dump.Kernel.TryRead(new VirtualAddress(0xFFFF_8A00_0000_0801), bytes, out var failure));
        Assert.Equal(ReadFailure.NotInDump, failure);
    }

    [Fact]
    public void A_small_dump_that_was_cut_says_so()
    {
        using var dump = FormatTests.Open(TriageBuilder.Build()[..0x9300]);
        Assert.Contains(dump.Notes, note => note.Contains("TRGD", StringComparison.Ordinal));
        Assert.Contains(dump.Notes, note => note.Contains("cut short", StringComparison.Ordinal));
        Assert.Equal(2, dump.Triage!.Modules.Count);
    }
}
