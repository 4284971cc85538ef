using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>The forms of fast mutexes: raised to APC level, in a guarded or critical region, or left to the caller.</summary>
public sealed class GuardedMutexTests
{
    [Theory]
    [InlineData("KeAcquireGuardedMutex", "KeReleaseGuardedMutex", true)]
    [InlineData("KeAcquireGuardedMutexUnsafe", "KeReleaseGuardedMutexUnsafe", false)]
    [InlineData("ExAcquireFastMutexUnsafe", "ExReleaseFastMutexUnsafe", false)]
    [InlineData("ExEnterCriticalRegionAndAcquireFastMutexUnsafe", "ExReleaseFastMutexUnsafeAndLeaveCriticalRegion", false)]
    public void A_mutex_is_held_by_one_thread_without_raising_the_irql(string acquire, string release, bool guarded)
    {
        using var test = KernelTest.Boot();
        var mutex = NewMutex(test);
        var isIn = false;
        test.Run(async thread =>
        {
            await test.Call(acquire, mutex);
            Assert.Equal(0, (byte)await test.Call("KeGetCurrentIrql"));
            Assert.Equal(guarded, (byte)await test.Call("KeAreAllApcsDisabled") != 0);
            Assert.Equal(thread.Address, new FastMutex(test.Memory, new VirtualAddress(mutex)).Owner);
            test.Kernel.Ps.CreateSystemThread("second", 10, async _ =>
            {
                await test.Call(acquire, mutex);
                isIn = true;
                await test.Call(release, mutex);
            });
            await test.Kernel.Scheduler.Yield();
            Assert.False(isIn);
            await test.Call(release, mutex);
            Assert.Equal(0, (byte)await test.Call("KeAreAllApcsDisabled"));
            Assert.Equal(0, (byte)await test.Call("KeAreApcsDisabled"));
        });
        test.RunUntilIdle();
        Assert.True(isIn);
        Assert.Equal(1, new FastMutex(test.Memory, new VirtualAddress(mutex)).Count);
    }

    [Fact]
    public void Trying_takes_a_free_mutex_and_leaves_a_held_one()
    {
        using var test = KernelTest.Boot();
        var mutex = NewMutex(test);
        test.Run(async _ =>
        {
            Assert.Equal(1, (byte)await test.Call("KeTryToAcquireGuardedMutex", mutex));
            Assert.Equal(1, (byte)await test.Call("KeAreAllApcsDisabled"));
            Assert.Equal(0, (byte)await test.Call("KeTryToAcquireGuardedMutex", mutex));
            await test.Call("KeReleaseGuardedMutex", mutex);
            Assert.Equal(0, (byte)await test.Call("KeAreAllApcsDisabled")); // one region was entered, not two
        });
    }

    private static ulong NewMutex(KernelTest test)
    {
        var mutex = test.Allocate(0x38).Value;
        test.CallNow("KeInitializeGuardedMutex", mutex);
        return mutex;
    }
}
