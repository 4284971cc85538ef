using LastRef.Dumps;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>The lab's machine as a full dump: what was saved is what is read.</summary>
public class RoundTripTests
{
    public static TheoryData<NtBuild> Builds => [.. TypeLayout.Builds];

    [Theory, MemberData(nameof(Builds))]
    public void A_saved_machine_reads_byte_for_byte_as_it_was(NtBuild build)
    {
        SavedMachine.Run("model-pnp.sys", "open-handle-at-removal", build, machine =>
        {
            var file = Save(machine);
            using var dump = DumpFile.Open(new MemoryBytes(file), "lab.dmp");
            Assert.Empty(dump.Notes);
            var saved = new byte[4096];
            var read = new byte[4096];
            foreach (var page in machine.Pages)
            {
                machine.Memory.Read(page.Address, saved);
                Assert.True(dump.Kernel.TryRead(page.Address, read, out var failure), $"{page.Address}: {failure}");
                Assert.True(saved.AsSpan().SequenceEqual(read), $"the page at {page.Address} differs");
            }

            // Nothing is mapped but that, and the tables' own map of themselves.
            var mapped = dump.Kernel.MappedRanges(default, new VirtualAddress(ulong.MaxValue)).Sum(range => (long)(range.Bytes / 4096));
            Assert.Equal(machine.Pages.Count, mapped);
        });
    }

    [Theory, MemberData(nameof(Builds))]
    public void The_dump_names_the_kernel_and_its_variables_lie_where_the_symbols_say(NtBuild build)
    {
        SavedMachine.Run("model-legacy.sys", "start-stop", build, machine =>
        {
            using var dump = DumpFile.Open(new MemoryBytes(Save(machine)), "lab.dmp");
            Assert.Equal(DumpKind.Full, dump.Kind);
            Assert.Equal((int)build, dump.Header!.Build);
            Assert.Equal("ntkrnlmp.pdb", dump.Identity.CodeView!.PdbName);
            Assert.Equal(SymbolQuality.Exact, dump.Symbols.Quality);
            Assert.Equal(0x161u, dump.Header.BugCheckCode);
            Assert.True(dump.Header.IsLive);
            Assert.Equal(machine.PsLoadedModuleList, dump.LoadedModuleList);
            Assert.Equal(machine.PsActiveProcessHead, dump.ActiveProcessHead);

            // The block of the debugger, the symbols and the machine agree on where things are.
            Assert.Equal(dump.Identity.Base, dump.DebuggerData!.KernBase);
            foreach (var name in new[] { "PsLoadedModuleList", "PsActiveProcessHead", "ObpRootDirectoryObject", "MmUnloadedDrivers", "KiProcessorBlock" })
                Assert.Equal(dump.DebuggerData.Find(name), dump.Find(name));
            var root = new ObjectDirectory(dump.Kernel, dump.Kernel.ReadPointer(dump.Find("ObpRootDirectoryObject")!.Value));
            Assert.Equal(37, root.HashBuckets.Count);
            var process = new EProcess(dump.Kernel, dump.Kernel.ReadPointer(dump.Find("PsInitialSystemProcess")!.Value));
            Assert.Equal(dump.DirectoryTableBase, process.Pcb.DirectoryTableBase);
            Assert.Equal(dump.Kernel.Layout.TryGetField("_KTHREAD", "KernelStack", out var field) ? field.Offset : -1, dump.DebuggerData.Hint(0x29C));
        });
    }

    [Theory, MemberData(nameof(Builds))]
    public void A_second_reader_written_from_the_specification_sees_the_same(NtBuild build)
    {
        SavedMachine.Run("model-pnp.sys", "add-start-remove", build, machine =>
        {
            var file = Save(machine);
            var second = new SpecReader(file);
            using var dump = DumpFile.Open(new MemoryBytes(file), "lab.dmp");
            var modules = second.Modules();
            Assert.Equal("ntoskrnl.exe", modules[0].Name);
            var head = new ListEntry(dump.Kernel, dump.LoadedModuleList!.Value);
            var ours = Walker.Links(head, 100);
            Assert.True(ours.IsComplete);
            Assert.Equal(modules, ours.Items.Select(link => new KldrDataTableEntry(dump.Kernel, link)).Select(m => (m.BaseDllName.ToText(), m.DllBase.Value)));
            var (mark, guid, age) = second.CodeView(modules[0].Base);
            Assert.Equal("RSDS", mark);
            Assert.Equal((dump.Identity.CodeView!.Guid, dump.Identity.CodeView.Age), (guid, age));
            foreach (var page in machine.Pages.Where((_, index) => index % 97 == 0))
            {
                var bytes = new byte[64];
                dump.Kernel.Read(page.Address, bytes);
                Assert.Equal(bytes, second.Read(page.Address.Value, 64));
            }
        });
    }

    [Fact]
    public void A_machine_of_many_scattered_pages_still_fits_the_runs_of_the_header()
    {
        var memory = new SparseTarget(TypeLayout.For(NtBuild.Windows10_2004));
        var pages = new List<MappedPage>();
        for (ulong index = 0; index < 200; index++)
        {
            var address = new VirtualAddress(0xFFFF_8A00_0000_0000 + (index * 0x40_0000));
            memory.Map(address, 4096);
            memory.WriteUInt64(address + 8, index + 1);
            pages.Add(new MappedPage(address, 0x1000 + (index * index), true, false));
        }

        var file = Save(new MachineImage
        {
            Memory = memory, Pages = pages, DirectoryTableBase = new PhysicalAddress(0x1AD000), FirstPhysicalPage = 0x1000,
            PsLoadedModuleList = default, PsActiveProcessHead = default, KdDebuggerDataBlock = default, BugCheckCode = 0xD1,
            Context = new byte[0x4D0], SystemTime100ns = 1, UpTime100ns = 1,
        });
        using var dump = DumpFile.Open(new MemoryBytes(file), "scattered.dmp");
        Assert.InRange(dump.PhysicalMemory!.Runs.Count(), 2, 42);
        Assert.All(pages, page => Assert.Equal((page.PhysicalPage == 0x1000 ? 1 : ISqrt(page.PhysicalPage - 0x1000) + 1), dump.Kernel.ReadUInt64(page.Address + 8)));
    }

    private static ulong ISqrt(ulong square) => (ulong)Math.Round(Math.Sqrt(square));

    internal static byte[] Save(MachineImage machine)
    {
        using var stream = new MemoryStream();
        DumpWriter.Write(machine, stream);
        return stream.ToArray();
    }
}
