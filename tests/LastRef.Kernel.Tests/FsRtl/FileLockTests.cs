using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Byte-range locks as a file system keeps them.</summary>
public sealed class FileLockTests
{
    private const byte FailImmediately = 1, Exclusive = 2;

    [Theory]
    [InlineData("FsRtlFastCheckLockForRead", false, true, true)]
    [InlineData("FsRtlFastCheckLockForWrite", false, false, false)]
    [InlineData("FsRtlFastCheckLockForRead", true, true, false)]
    [InlineData("FsRtlFastCheckLockForWrite", true, true, false)]
    public void A_lock_decides_who_may_transfer(string check, bool exclusive, bool owner, bool other)
    {
        using var test = new Locked();
        Assert.True(test.PrivateLock(test.File, 10, 10, exclusive));
        Assert.Equal(owner, test.Check(check, test.File, 15, 1));
        Assert.Equal(other, test.Check(check, test.Other, 15, 1));
        Assert.True(test.Check(check, test.Other, 20, 5));
    }

    [Fact]
    public void Shared_locks_overlap_and_an_exclusive_one_does_not()
    {
        using var test = new Locked();
        test.PrivateLock(test.File, 0, 10, exclusive: false);
        Assert.Equal(NtStatus.Success, test.LastStatus);
        test.PrivateLock(test.Other, 5, 10, exclusive: false);
        Assert.Equal(NtStatus.Success, test.LastStatus);
        test.PrivateLock(test.Other, 9, 1, exclusive: true);
        Assert.Equal(NtStatus.LockNotGranted, test.LastStatus);

        // FILE_LOCK_INFO: StartingByte 0, Length 8, FileObject 18h.
        var info = new VirtualAddress(test.Kernel.CallNow("FsRtlGetNextFileLock", test.Lock, 1));
        Assert.Equal((0UL, 10UL, test.File), (test.Kernel.Memory.ReadUInt64(info), test.Kernel.Memory.ReadUInt64(info + 8), test.Kernel.Memory.ReadUInt64(info + 0x18)));
        Assert.Equal(info.Value, test.Kernel.CallNow("FsRtlGetNextFileLock", test.Lock, 0));
        Assert.Equal(5UL, test.Kernel.Memory.ReadUInt64(info));
        Assert.Equal(0UL, test.Kernel.CallNow("FsRtlGetNextFileLock", test.Lock, 0));
    }

    [Fact]
    public void A_request_waits_until_the_range_is_free()
    {
        using var test = new Locked();
        test.PrivateLock(test.File, 0, 10, exclusive: true);
        var irp = test.Request(0, 10, Exclusive);
        Assert.Equal(NtStatus.Pending, test.Kernel.Status("FsRtlProcessFileLock", test.Lock, irp.Address.Value, 0));
        Assert.Equal(NtStatus.Success, test.Unlock(test.File, 0, 10));
        Assert.Equal(NtStatus.Success, irp.IoStatus.Status);
        Assert.False(test.Check("FsRtlFastCheckLockForRead", test.File, 0, 1));
        Assert.Equal(NtStatus.RangeNotLocked, test.Unlock(test.File, 0, 10));
    }

    [Fact]
    public void A_waiting_request_can_be_cancelled_and_another_does_not_wait()
    {
        using var test = new Locked();
        test.PrivateLock(test.File, 0, 10, exclusive: true);
        var irp = test.Request(0, 10, Exclusive);
        test.Kernel.Status("FsRtlProcessFileLock", test.Lock, irp.Address.Value, 0);
        Assert.True(test.Kernel.Boolean("IoCancelIrp", irp.Address.Value));
        Assert.Equal(NtStatus.Cancelled, irp.IoStatus.Status);
        var hasty = test.Request(0, 10, Exclusive | FailImmediately);
        Assert.Equal(NtStatus.LockNotGranted, test.Kernel.Status("FsRtlProcessFileLock", test.Lock, hasty.Address.Value, 0));
    }

    [Fact]
    public void All_locks_of_a_file_go_and_the_file_system_is_told_of_each()
    {
        using var test = new Locked();
        test.PrivateLock(test.File, 0, 10, exclusive: true);
        test.PrivateLock(test.File, 20, 10, exclusive: false);
        test.PrivateLock(test.Other, 40, 10, exclusive: true);
        Assert.Equal(NtStatus.Success, test.Kernel.Status("FsRtlFastUnlockAll", test.Lock, test.File, test.Process, 0x77));
        Assert.Equal([0UL, 20UL], test.Unlocked);
        Assert.True(test.Check("FsRtlFastCheckLockForWrite", test.Other, 0, 30));
        Assert.False(test.Check("FsRtlFastCheckLockForRead", test.File, 45, 1));
        test.Kernel.CallNow("FsRtlUninitializeFileLock", test.Lock);
        Assert.True(test.Check("FsRtlFastCheckLockForRead", test.File, 45, 1));
    }

    [Theory]
    [InlineData("FsRtlCheckLockForReadAccess", IrpMajor.Read, true)]
    [InlineData("FsRtlCheckLockForWriteAccess", IrpMajor.Write, false)]
    public void A_request_is_checked_against_the_locks(string check, IrpMajor major, bool mayGoOn)
    {
        using var test = new Locked();
        test.PrivateLock(test.File, 10, 10, exclusive: false);
        Assert.Equal(mayGoOn, test.Kernel.Boolean(check, test.Lock, test.Transfer(major, 15, 2).Address.Value));
        Assert.True(test.Kernel.Boolean(check, test.Lock, test.Transfer(major, 30, 2).Address.Value));
    }

    [Fact]
    public void Locks_of_one_key_go_and_an_allocated_lock_is_freed()
    {
        using var test = new Locked();
        test.PrivateLock(test.File, 0, 10, exclusive: true);
        Assert.Equal(NtStatus.Success, test.Kernel.Status("FsRtlFastUnlockAllByKey", test.Lock, test.File, test.Process, 9, 0x77));
        Assert.Empty(test.Unlocked);
        Assert.Equal(NtStatus.Success, test.Kernel.Status("FsRtlFastUnlockAllByKey", test.Lock, test.File, test.Process, 0, 0x77));
        Assert.Equal([0UL], test.Unlocked);
        var allocated = new VirtualAddress(test.Kernel.CallNow("FsRtlAllocateFileLock", 0x11, 0x22));
        Assert.Equal((0x11UL, 0x22UL), (test.Kernel.Memory.ReadUInt64(allocated), test.Kernel.Memory.ReadUInt64(allocated + 8)));
        test.Kernel.CallNow("FsRtlFreeFileLock", allocated.Value);
        Assert.True(test.Kernel.Kernel.Ex.PagedPool.WasFreed(allocated));
    }

    private sealed class Locked : IDisposable
    {
        private readonly VirtualAddress _lock;
        private readonly VirtualAddress _iosb;
        private readonly DeviceObject _device;

        public Locked()
        {
            Kernel = KernelTest.Boot();
            _lock = Kernel.Allocate(0x60);
            _iosb = Kernel.Allocate(16);
            var driver = TestDriver.Load(Kernel, "locks");
            _device = driver.CreateDevice("Locks");
            var unlocked = Kernel.Routine(arguments =>
            {
                Assert.Equal(0x77UL, arguments[0]);
                Unlocked.Add(Kernel.Memory.ReadUInt64(new VirtualAddress(arguments[1])));
                return GuestTask.FromResult(0UL);
            });
            (File, Other) = (Kernel.Allocate(FileObject.SizeOf(Kernel.Memory.Layout)).Value, Kernel.Allocate(FileObject.SizeOf(Kernel.Memory.Layout)).Value);
            Kernel.CallNow("FsRtlInitializeFileLock", Lock, 0, unlocked.Value);
        }

        public KernelTest Kernel { get; }

        public List<ulong> Unlocked { get; } = [];

        public ulong Lock => _lock.Value;

        public ulong File { get; }

        public ulong Other { get; }

        public ulong Process => Kernel.Kernel.Ps.SystemProcess.Value;

        public NtStatus LastStatus => new IoStatusBlock(Kernel.Memory, _iosb).Status;

        public bool PrivateLock(ulong file, long start, long length, bool exclusive) => Kernel.Boolean(
            "FsRtlPrivateLock", Lock, file, Kernel.Time(start), Kernel.Time(length), Process, 0, 1, exclusive ? 1UL : 0, _iosb.Value, 0, 0x77, 0);

        public bool Check(string routine, ulong file, long start, long length) =>
            Kernel.Boolean(routine, Lock, Kernel.Time(start), Kernel.Time(length), 0, file, Process);

        public NtStatus Unlock(ulong file, long start, long length) =>
            Kernel.Status("FsRtlFastUnlockSingle", Lock, file, Kernel.Time(start), Kernel.Time(length), Process, 0, 0x77, 0);

        /// <summary>A lock request of the other file, as it stands before the file system's dispatch routine.</summary>
        public Irp Request(long start, long length, byte flags)
        {
            var io = Kernel.Kernel.Io;
            var irp = io.AllocateIrp(2);
            var memory = Kernel.Memory;
            var keep = Kernel.Routine(_ => GuestTask.FromResult((ulong)NtStatus.MoreProcessingRequired.Code));
            var above = io.NextLocation(irp);
            above.SetCompletionRoutine(memory, keep);
            above.SetControl(memory, StackLocationControl.InvokeOnSuccess | StackLocationControl.InvokeOnError | StackLocationControl.InvokeOnCancel);
            irp.SetThread(memory, new EThread(memory, Kernel.Run(t => GuestTask.FromResult(t.Address))));
            irp.SetCurrentLocation(memory, (sbyte)(irp.CurrentLocation - 1));
            irp.SetCurrentStackLocation(memory, above);
            above.SetMajorFunction(memory, IrpMajor.LockControl);
            above.SetMinorFunction(memory, 1);
            above.SetFlags(memory, flags);
            above.SetDeviceObject(memory, _device);
            above.SetFileObject(memory, new FileObject(memory, new VirtualAddress(Other)));
            above.SetArgument1(memory, Kernel.Time(length));
            above.SetArgument3(memory, (ulong)start);
            return irp;
        }

        /// <summary>A read or write of the other file.</summary>
        public Irp Transfer(IrpMajor major, long start, uint length)
        {
            var irp = Request(0, 0, 0);
            var (memory, location) = (Kernel.Memory, irp.CurrentStackLocation!.Value);
            location.SetMajorFunction(memory, major);
            if (major == IrpMajor.Read)
                location.SetReadLength(memory, length);
            else
                location.SetWriteLength(memory, length);
            location.SetArgument2(memory, 0);
            location.SetArgument3(memory, (ulong)start);
            return irp;
        }

        public void Dispose() => Kernel.Dispose();
    }
}
