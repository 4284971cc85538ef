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

    private static RemoveLockCommonBlock Initialize(KernelTest test)
    {
        var removeLock = new RemoveLockCommonBlock(test.Memory, test.Allocate((int)Bytes));
        test.CallNow("IoInitializeRemoveLockEx", removeLock.Address.Value, 0x6B636F4C, 0, 0, Bytes);
        return removeLock;
    }

    private static NtStatus Acquire(KernelTest test, RemoveLockCommonBlock removeLock, ulong tag) =>
        test.Status("IoAcquireRemoveLockEx", removeLock.Address.Value, tag, 0, 1, Bytes);
}
