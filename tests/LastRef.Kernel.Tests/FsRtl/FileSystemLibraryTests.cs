using System.Text;
using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Run maps, the tunnel cache, oplocks and the small routines of the file system library.</summary>
public sealed class FileSystemLibraryTests
{
    [Fact]
    public void A_run_map_joins_neighbours_counts_holes_and_refuses_contradictions()
    {
        using var test = KernelTest.Boot();
        var mcb = test.Allocate(0x20).Value;
        test.CallNow("FsRtlInitializeLargeMcb", mcb, 0);
        Assert.True(Add(test, mcb, 0, 100, 10));
        Assert.True(Add(test, mcb, 10, 110, 5));
        Assert.Equal(1, test.Int("FsRtlNumberOfRunsInLargeMcb", mcb));
        Assert.True(Add(test, mcb, 20, 500, 5));
        Assert.Equal("0+15@100 15+5@-1 20+5@500", Runs(test, mcb));
        Assert.False(Add(test, mcb, 12, 900, 2));
        Assert.True(Add(test, mcb, 12, 112, 2));
        Assert.Equal("12 -> 112 for 3, run 0 of 15 at 100", Lookup(test, mcb, 12));
        Assert.Equal("17 -> -1 for 3, run 1 of 5 at -1", Lookup(test, mcb, 17));
        Assert.Equal("none", Lookup(test, mcb, 25));
        test.CallNow("FsRtlRemoveLargeMcbEntry", mcb, 5, 5);
        Assert.Equal("0+5@100 5+5@-1 10+5@110 15+5@-1 20+5@500", Runs(test, mcb));
        test.CallNow("FsRtlTruncateLargeMcb", mcb, 18);
        Assert.Equal("0+5@100 5+5@-1 10+5@110", Runs(test, mcb));
        Assert.True(test.Boolean("FsRtlSplitLargeMcb", mcb, 2, 3));
        Assert.Equal("0+2@100 2+3@-1 5+3@102 8+5@-1 13+5@110", Runs(test, mcb));
        var (vbn, lbn) = (test.Allocate(8), test.Allocate(8));
        Assert.True(test.Boolean("FsRtlLookupLastLargeMcbEntry", mcb, vbn.Value, lbn.Value));
        Assert.Equal((17UL, 114UL), (test.Value(vbn), test.Value(lbn)));
        var index = test.Allocate(8);
        Assert.True(test.Boolean("FsRtlLookupLastLargeMcbEntryAndIndex", mcb, vbn.Value, lbn.Value, index.Value));
        Assert.Equal(4u, test.Memory.ReadUInt32(index));
        test.CallNow("FsRtlResetLargeMcb", mcb, 0);
        Assert.Equal(0, test.Int("FsRtlNumberOfRunsInLargeMcb", mcb));
        test.CallNow("FsRtlUninitializeLargeMcb", mcb);
        Assert.Equal(0UL, test.Memory.ReadUInt64(new VirtualAddress(mcb)));
    }

    [Fact]
    public void A_run_map_grows_beyond_its_first_room()
    {
        using var test = KernelTest.Boot();
        var mcb = test.Allocate(0x18).Value;
        test.CallNow("FsRtlInitializeBaseMcb", mcb, 0);
        for (var i = 0UL; i < 40; i++)
            Assert.True(test.Boolean("FsRtlAddBaseMcbEntry", mcb, i, 1000 - i, 1));
        var lbn = test.Allocate(8);
        Assert.True(test.Boolean("FsRtlLookupBaseMcbEntry", mcb, 39, lbn.Value, 0, 0, 0, 0));
        Assert.Equal(961UL, test.Value(lbn));
        Assert.True(test.Boolean("FsRtlRemoveBaseMcbEntry", mcb, 39, 1));
        test.CallNow("FsRtlTruncateBaseMcb", mcb, 1);
        Assert.False(test.Boolean("FsRtlLookupBaseMcbEntry", mcb, 1, lbn.Value, 0, 0, 0, 0));
        test.CallNow("FsRtlUninitializeBaseMcb", mcb);
    }

    [Fact]
    public void The_tunnel_cache_gives_back_what_a_file_was_for_fifteen_seconds()
    {
        using var test = KernelTest.Boot();
        var cache = test.Allocate(0x58).Value;
        test.CallNow("FsRtlInitializeTunnelCache", cache);
        var data = test.Allocate(8);
        test.Memory.WriteUInt64(data, 0x1234);
        test.CallNow("FsRtlAddToTunnelCache", cache, 7, test.Text("LONGNA~1.TXT"), test.Text("long name.txt"), 0, 8, data.Value);
        Assert.Equal(1, test.Memory.ReadUInt16(new VirtualAddress(cache) + 0x50));
        var (shortName, longName, length, found) = (test.Room(64), test.Room(64), test.Allocate(8), test.Allocate(8));
        bool Find(string name, ulong key)
        {
            test.Memory.WriteUInt32(length, 8);
            return test.Boolean("FsRtlFindInTunnelCache", cache, key, test.Text(name), shortName, longName, length.Value, found.Value);
        }

        Assert.False(Find("LONG NAME.TXT", 8));
        Assert.True(Find("LONG NAME.TXT", 7));
        Assert.Equal(("LONGNA~1.TXT", "long name.txt", 0x1234UL), (test.Read(shortName), test.Read(longName), test.Value(found)));
        test.CallNow("KeDelayExecutionThread", 0, 0, test.Time(-15 * 10_000_000L));
        Assert.False(Find("long name.txt", 7));

        test.CallNow("FsRtlAddToTunnelCache", cache, 7, test.Text("A.TXT"), test.Text("another.txt"), 1, 8, data.Value);
        Assert.False(Find("another.txt", 7));
        Assert.True(Find("a.txt", 7));
        test.CallNow("FsRtlDeleteKeyFromTunnelCache", cache, 7);
        Assert.False(Find("a.txt", 7));
        test.CallNow("FsRtlDeleteTunnelCache", cache);
    }

    [Fact]
    public void Without_an_oplock_nothing_waits_and_asking_for_one_stops_the_run()
    {
        using var test = KernelTest.Boot();
        var oplock = test.Allocate(8).Value;
        var irp = test.Kernel.Io.AllocateIrp(1).Address.Value;
        test.CallNow("FsRtlInitializeOplock", oplock);
        Assert.Equal(NtStatus.Success, test.Status("FsRtlCheckOplock", oplock, irp, 0, 0, 0));
        Assert.True(test.Boolean("FsRtlOplockIsFastIoPossible", oplock));
        Assert.False(test.Boolean("FsRtlCurrentBatchOplock", oplock));
        test.CallNow("FsRtlUninitializeOplock", oplock);
        Assert.Contains("a request for an oplock", test.RunToStop(_ => test.Call("FsRtlOplockFsctrl", oplock, irp, 1)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_driver_object_keeps_a_copy_of_filter_callbacks()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "filter");
        var callbacks = test.Allocate(0x68);
        test.Memory.WriteUInt32(callbacks, 0x68);
        test.Memory.WriteUInt64(callbacks + 0x10, 0x1234);
        Assert.Equal(NtStatus.InvalidParameter, test.Status("FsRtlRegisterFileSystemFilterCallbacks", driver.Object.Address.Value, 0));
        Assert.Equal(NtStatus.Success, test.Status("FsRtlRegisterFileSystemFilterCallbacks", driver.Object.Address.Value, callbacks.Value));
        Assert.Equal(0x1234UL, test.Memory.ReadUInt64(driver.Object.DriverExtension!.Value.FsFilterCallbacks + 0x10));
    }

    [Fact]
    public void Faults_are_no_expected_status()
    {
        using var test = KernelTest.Boot();
        Assert.True(test.Boolean("FsRtlIsNtstatusExpected", NtStatus.DiskFull.Code));
        Assert.False(test.Boolean("FsRtlIsNtstatusExpected", NtStatus.AccessViolation.Code));
        Assert.Equal(NtStatus.UnexpectedIoError, test.Status("FsRtlNormalizeNtstatus", NtStatus.AccessViolation.Code, NtStatus.UnexpectedIoError.Code));
        Assert.Equal(NtStatus.DiskFull, test.Status("FsRtlNormalizeNtstatus", NtStatus.DiskFull.Code, NtStatus.UnexpectedIoError.Code));
    }

    [Fact]
    public void Contexts_of_a_stream_are_freed_by_their_owners()
    {
        using var test = KernelTest.Boot();
        var header = test.Allocate(0x58);
        test.Kernel.Ke.InitializeList(header + 0x40);
        var freed = new List<ulong>();
        var context = test.Allocate(0x28);
        test.Memory.WritePointer(context + 0x20, test.Routine(arguments =>
        {
            freed.Add(arguments[0]);
            return GuestTask.FromResult(0UL);
        }));
        test.Kernel.Ke.InsertTail(header + 0x40, context);
        test.CallNow("FsRtlTeardownPerStreamContexts", header.Value);
        Assert.Equal([context.Value], freed);
        Assert.True(test.Kernel.Ke.IsListEmpty(header + 0x40));
    }

    [Fact]
    public void A_thread_remembers_the_device_to_verify_and_network_names_stop_the_run()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "verify");
        var device = driver.CreateDevice("Verify").Address.Value;
        var irp = test.Kernel.Io.AllocateIrp(1);
        test.Run(async thread =>
        {
            irp.SetThread(test.Memory, new EThread(test.Memory, thread.Address));
            await test.Call("IoSetHardErrorOrVerifyDevice", irp.Address.Value, device);
            Assert.Equal(device, await test.Call("IoGetDeviceToVerify", thread.Address.Value));
            await test.Call("IoSetDeviceToVerify", thread.Address.Value, 0);
            Assert.Equal(0UL, await test.Call("IoGetDeviceToVerify", thread.Address.Value));
        });
        Assert.Contains(
            "no multiple UNC provider",
            test.RunToStop(_ => test.Call("FsRtlRegisterUncProvider", test.Allocate(8).Value, test.Text(@"\Device\Verify"), 0)).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IrpFlags.PagingIo, false, false)]
    [InlineData(IrpFlags.PagingIo | IrpFlags.SynchronousApi, false, true)]
    [InlineData(IrpFlags.None, false, false)]
    [InlineData(IrpFlags.None, true, true)]
    [InlineData(IrpFlags.SynchronousApi, false, true)]
    public void Whether_a_request_is_waited_for_is_told_by_its_flags_and_its_file(IrpFlags flags, bool synchronousFile, bool isSynchronous)
    {
        using var test = KernelTest.Boot();
        var irp = test.Kernel.Io.AllocateIrp(2);
        var file = new FileObject(test.Memory, test.Allocate(FileObject.SizeOf(test.Memory.Layout)));
        file.SetFlags(test.Memory, synchronousFile ? FileObjectFlags.SynchronousIo : FileObjectFlags.None);
        var location = test.Kernel.Io.NextLocation(irp);
        location.SetFileObject(test.Memory, file);
        irp.SetCurrentLocation(test.Memory, (sbyte)(irp.CurrentLocation - 1));
        irp.SetCurrentStackLocation(test.Memory, location);
        irp.SetFlags(test.Memory, flags);
        Assert.Equal(isSynchronous, test.Boolean("IoIsOperationSynchronous", irp.Address.Value));
    }

    [Fact]
    public void Extended_attributes_are_checked_and_no_section_stands_in_the_way()
    {
        using var test = KernelTest.Boot();
        var (list, error) = (test.Allocate(32), test.Allocate(8));
        test.Memory.Write(list, [0, 0, 0, 0, 0, 2, 1, 0, (byte)'e', (byte)'a', 0, 9]);
        Assert.Equal(NtStatus.Success, test.Status("IoCheckEaBufferValidity", list.Value, 12, error.Value));
        Assert.Equal(NtStatus.EaListInconsistent, test.Status("IoCheckEaBufferValidity", list.Value, 11, error.Value));
        var pointers = test.Allocate(0x18).Value;
        Assert.True(test.Boolean("MmFlushImageSection", pointers, 0));
        Assert.True(test.Boolean("MmCanFileBeTruncated", pointers, 0));
    }

    private static bool Add(KernelTest test, ulong mcb, ulong vbn, ulong lbn, ulong count) => test.Boolean("FsRtlAddLargeMcbEntry", mcb, vbn, lbn, count);

    private static string Runs(KernelTest test, ulong mcb)
    {
        var runs = new StringBuilder();
        var (vbn, lbn, count) = (test.Allocate(8), test.Allocate(8), test.Allocate(8));
        for (var i = 0UL; test.Boolean("FsRtlGetNextLargeMcbEntry", mcb, i, vbn.Value, lbn.Value, count.Value); i++)
            runs.Append($"{test.Value(vbn)}+{test.Value(count)}@{(long)test.Value(lbn)} ");
        return runs.ToString().TrimEnd();
    }

    private static string Lookup(KernelTest test, ulong mcb, ulong vbn)
    {
        var at = test.Allocate(40);
        return test.Boolean("FsRtlLookupLargeMcbEntry", mcb, vbn, at.Value, at.Value + 8, at.Value + 16, at.Value + 24, at.Value + 32)
            ? $"{vbn} -> {(long)test.Value(at)} for {test.Value(at + 8)}, run {test.Memory.ReadUInt32(at + 32)} of {test.Value(at + 24)} at {(long)test.Value(at + 16)}"
            : "none";
    }
}
