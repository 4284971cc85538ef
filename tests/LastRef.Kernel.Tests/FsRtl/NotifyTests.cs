using System.Text;
using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Directory change notification as a file system offers it.</summary>
public sealed class NotifyTests
{
    private const uint Filter = 3, Added = 1;

    [Fact]
    public void A_change_in_the_directory_ends_the_request_with_its_name()
    {
        using var notify = new Notify();
        var irp = notify.Watch(0x100, @"\dir", tree: false);
        notify.Report(@"\other\file.txt");
        notify.Report(@"\dir\sub\file.txt");
        Assert.True(notify.IsWaiting(irp));
        notify.Report(@"\dir\file.txt");
        Assert.Equal((NtStatus.Success, "1 file.txt"), notify.Result(irp));
    }

    [Fact]
    public void A_watch_of_the_tree_sees_what_lies_deeper_and_a_missed_change_asks_for_a_listing()
    {
        using var notify = new Notify();
        var first = notify.Watch(0x100, @"\dir", tree: true);
        notify.Report(@"\dir\sub\file.txt");
        Assert.Equal((NtStatus.Success, @"1 sub\file.txt"), notify.Result(first));
        notify.Report(@"\dir\second.txt");
        var second = notify.Watch(0x100, @"\dir", tree: true);
        Assert.Equal(NtStatus.NotifyEnumDir, second.IoStatus.Status);
    }

    [Fact]
    public void A_closed_handle_a_deleted_directory_and_a_cancellation_each_end_what_waits()
    {
        using var notify = new Notify();
        var closed = notify.Watch(0x100, @"\dir", tree: false);
        var deleted = notify.Watch(0x200, @"\dir", tree: false);
        var cancelled = notify.Watch(0x300, @"\dir", tree: false);
        notify.Test.CallNow("FsRtlNotifyCleanup", notify.Sync, notify.List, 0x100);
        Assert.Equal(NtStatus.NotifyCleanup, closed.IoStatus.Status);
        notify.Test.CallNow("FsRtlNotifyFullChangeDirectory", notify.Sync, notify.List, 0x200, notify.Test.Text(@"\dir"), 0, 0, 0, 0, 0, 0);
        Assert.Equal(NtStatus.DeletePending, deleted.IoStatus.Status);
        Assert.True(notify.Test.Boolean("IoCancelIrp", cancelled.Address.Value));
        Assert.Equal(NtStatus.Cancelled, cancelled.IoStatus.Status);
        notify.Test.CallNow("FsRtlNotifyCleanupAll", notify.Sync, notify.List);
        Assert.True(notify.Test.Kernel.Ke.IsListEmpty(new VirtualAddress(notify.List)));
        notify.Test.CallNow("FsRtlNotifyUninitializeSync", notify.SyncVariable);
        Assert.Equal(0UL, notify.Sync);
    }

    private sealed class Notify : IDisposable
    {
        private readonly VirtualAddress _sync;
        private readonly VirtualAddress _list;
        private readonly DeviceObject _device;

        public Notify()
        {
            Test = KernelTest.Boot();
            (_sync, _list) = (Test.Allocate(8), Test.Allocate(16));
            Test.Kernel.Ke.InitializeList(_list);
            Test.CallNow("FsRtlNotifyInitializeSync", SyncVariable);
            _device = TestDriver.Load(Test, "notify").CreateDevice("Notify");
        }

        public KernelTest Test { get; }

        public ulong SyncVariable => _sync.Value;

        public ulong Sync => Test.Value(_sync);

        public ulong List => _list.Value;

        public Irp Watch(ulong context, string directory, bool tree)
        {
            var (io, memory) = (Test.Kernel.Io, Test.Memory);
            var irp = io.AllocateIrp(2);
            var location = io.NextLocation(irp);
            location.SetCompletionRoutine(memory, Test.Routine(_ => GuestTask.FromResult((ulong)NtStatus.MoreProcessingRequired.Code)));
            location.SetControl(memory, StackLocationControl.InvokeOnSuccess | StackLocationControl.InvokeOnError | StackLocationControl.InvokeOnCancel);
            irp.SetCurrentLocation(memory, (sbyte)(irp.CurrentLocation - 1));
            irp.SetCurrentStackLocation(memory, location);
            irp.SetUserBuffer(memory, Test.Allocate(128));
            location.SetMajorFunction(memory, IrpMajor.DirectoryControl);
            location.SetMinorFunction(memory, 2);
            location.SetDeviceObject(memory, _device);
            location.SetArgument1(memory, 128);
            Test.CallNow("FsRtlNotifyFullChangeDirectory", Sync, List, context, Test.Text(directory), tree ? 1UL : 0, 0, Filter, irp.Address.Value, 0, 0);
            return irp;
        }

        public void Report(string target) => Test.CallNow(
            "FsRtlNotifyFullReportChange", Sync, List, Test.Text(target), (ulong)((target.LastIndexOf('\\') + 1) * 2), 0, 0, 1, Added, 0);

        public bool IsWaiting(Irp irp) => !irp.CancelRoutine.IsNull;

        public (NtStatus Status, string Change) Result(Irp irp)
        {
            var name = new byte[Test.Memory.ReadUInt32(irp.UserBuffer + 8)];
            Test.Memory.Read(irp.UserBuffer + 0xC, name);
            return (irp.IoStatus.Status, $"{Test.Memory.ReadUInt32(irp.UserBuffer + 4)} {Encoding.Unicode.GetString(name)}");
        }

        public void Dispose() => Test.Dispose();
    }
}
