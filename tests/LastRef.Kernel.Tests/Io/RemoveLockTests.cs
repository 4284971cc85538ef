using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class RemoveLockTests
{
    private const ulong Bytes = 0x20;

    [Fact]
    [Trait("Spec", "T-64")]
    [Trait("Spec", "U-5.90")]
    public void Release_and_wait_returns_after_every_release_and_refuses_who_comes_later()
    {
        using var test = KernelTest.Boot();
        var removeLock = Initialize(test);
        for (var tag = 1UL; tag <= 3; tag++)
            Assert.Equal(NtStatus.Success, Acquire(test, removeLock, tag));
        Assert.Equal(4, removeLock.IoCount);
        var returned = false;
        test.RunToHang(async _ =>
        {
            await test.Call("IoReleaseRemoveLockAndWaitEx", removeLock.Address.Value, 1, Bytes);
            returned = true;
        });
        Assert.True((bool)removeLock.Removed);
        Assert.Equal(NtStatus.DeletePending, Acquire(test, removeLock, 4));
        Assert.Equal(2, removeLock.IoCount);
        test.CallNow("IoReleaseRemoveLockEx", removeLock.Address.Value, 2, Bytes);
        test.RunUntilIdle();
        Assert.False(returned);
        test.CallNow("IoReleaseRemoveLockEx", removeLock.Address.Value, 3, Bytes);
        test.RunUntilIdle();
        Assert.True(returned);
        Assert.Equal(0, removeLock.IoCount);
    }

    [Fact]
    [Trait("Spec", "U-5.91")]
    public void Release_and_wait_does_not_wait_when_only_the_caller_holds_the_lock()
    {
        using var test = KernelTest.Boot();
        var removeLock = Initialize(test);
        Acquire(test, removeLock, 1);
        test.CallNow("IoReleaseRemoveLockAndWaitEx", removeLock.Address.Value, 1, Bytes);
        Assert.Equal(0, removeLock.IoCount);
    }

    [Fact]
    public void The_trace_names_the_tag_of_an_acquisition_that_was_not_released()
    {
        using var test = KernelTest.Boot();
        var removeLock = Initialize(test);
        Acquire(test, removeLock, 7);
        Acquire(test, removeLock, 8);
        test.CallNow("IoReleaseRemoveLockEx", removeLock.Address.Value, 8, Bytes);
        var records = test.Kernel.Trace.Of<RegistrationRecord>().Where(r => r.Kind == RegistrationKind.RemoveLock).ToArray();
        Assert.Equal([(true, 7UL), (true, 8UL), (false, 8UL)], records.Select(r => (r.Begin, r.Subject.Value)));
    }

    [Fact]
    [Trait("Spec", "U-5.92")]
    public void Driver_Verifier_stops_at_a_release_with_a_tag_that_nobody_acquired_with()
    {
        using var test = KernelTest.Boot();
        var removeLock = Initialize(test);
        Acquire(test, removeLock, 7);
        var stop = test.RunToBugCheck(async _ => await test.Call("IoReleaseRemoveLockEx", removeLock.Address.Value, 8, Bytes));
        Assert.Equal((0xC4u, 0xD5UL, 8UL), (stop.Code, stop.Parameter1, stop.Parameter3));
    }

    [Fact]
    [Trait("Spec", "U-5.92")]
    public void Driver_Verifier_stops_at_a_wait_with_a_tag_that_nobody_acquired_with()
    {
        using var test = KernelTest.Boot();
        var removeLock = Initialize(test);
        var stop = test.RunToBugCheck(async _ => await test.Call("IoReleaseRemoveLockAndWaitEx", removeLock.Address.Value, 8, Bytes));
        Assert.Equal((0xC4u, 0xD6UL), (stop.Code, stop.Parameter1));
    }

    [Fact]
    [Trait("Spec", "U-5.92")]
    public void Driver_Verifier_stops_when_a_lock_is_initialised_again_unless_its_memory_was_given_back()
    {
        using var test = KernelTest.Boot();
        var removeLock = Initialize(test);
        test.Kernel.Ex.NonPagedPool.Free(removeLock.Address);
        test.CallNow("IoInitializeRemoveLockEx", removeLock.Address.Value, 0x6B636F4C, 0, 0, Bytes);
        var stop = test.RunToBugCheck(async _ => await test.Call("IoInitializeRemoveLockEx", removeLock.Address.Value, 0x6B636F4C, 0, 0, Bytes));
        Assert.Equal((0xC4u, 0xD7UL), (stop.Code, stop.Parameter1));
    }

    [Fact]
    public void Without_Driver_Verifier_a_wrong_tag_only_counts()
    {
        using var test = KernelTest.Boot(new MachineOptions { Verifier = false });
        var removeLock = Initialize(test);
        Acquire(test, removeLock, 7);
        test.CallNow("IoReleaseRemoveLockEx", removeLock.Address.Value, 8, Bytes);
        Assert.Equal(1, removeLock.IoCount);
    }

    [Fact]
    [Trait("Spec", "U-5.91")]
    public void The_checked_form_knows_file_and_line_of_who_still_holds_it_at_the_wait()
    {
        using var test = KernelTest.Boot();
        var removeLock = Initialize(test, CheckedBytes, maxLockedMinutes: 1, highWatermark: 2);
        Assert.Equal(2u, test.Memory.ReadUInt32(removeLock.Address + 0x24));
        Assert.Equal(0x6B636F4Cu, test.Memory.ReadUInt32(removeLock.Address + 0x30));
        Assert.Equal((removeLock.Address + 0x38), test.Memory.ReadPointer(removeLock.Address + 0x38));
        var file = test.Allocate(16);
        test.Memory.Write(file, "driver.c\0"u8);
        for (var tag = 1UL; tag <= 3; tag++)
            Assert.Equal(NtStatus.Success, test.Status("IoAcquireRemoveLockEx", removeLock.Address.Value, tag, file.Value, 40 + tag, CheckedBytes));
        test.Run(async _ => await test.Kernel.Ke.Delay(-2 * 600_000_000L));
        test.CallNow("IoReleaseRemoveLockEx", removeLock.Address.Value, 2, CheckedBytes);
        test.RunToHang(async _ => await test.Call("IoReleaseRemoveLockAndWaitEx", removeLock.Address.Value, 1, CheckedBytes));
        Assert.Equal(
            [(RemoveLockWarning.HighWatermark, 3UL, 43u), (RemoveLockWarning.HeldTooLong, 2UL, 42u), (RemoveLockWarning.HeldTooLong, 1UL, 41u), (RemoveLockWarning.HeldAtRemove, 3UL, 43u)],
            test.Kernel.Trace.Of<RemoveLockRecord>().Select(r => (r.Warning, r.Tag.Value, r.Line)));
        Assert.All(test.Kernel.Trace.Of<RemoveLockRecord>(), r => Assert.Equal("driver.c", r.File));
    }

    [Fact]
    public void A_lock_of_a_size_that_nobody_knows_stops_the_run()
    {
        using var test = KernelTest.Boot();
        var stop = test.RunToStop(async _ => await test.Call("IoInitializeRemoveLockEx", test.Allocate(0x100).Value, 1, 0, 0, 0x60));
        Assert.IsType<MachineStop.Unsupported>(stop);
    }

    private const ulong CheckedBytes = 0x78;

    private static RemoveLockCommonBlock Initialize(KernelTest test, ulong bytes = Bytes, uint maxLockedMinutes = 0, uint highWatermark = 0)
    {
        var removeLock = new RemoveLockCommonBlock(test.Memory, test.Allocate((int)bytes));
        test.CallNow("IoInitializeRemoveLockEx", removeLock.Address.Value, 0x6B636F4C, maxLockedMinutes, highWatermark, bytes);
        return removeLock;
    }

    private static NtStatus Acquire(KernelTest test, RemoveLockCommonBlock removeLock, ulong tag) =>
        test.Status("IoAcquireRemoveLockEx", removeLock.Address.Value, tag, 0, 1, Bytes);
}
