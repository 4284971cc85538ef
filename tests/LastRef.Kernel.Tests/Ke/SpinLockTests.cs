using LastRef.Kernel;

namespace LastRef.Tests;

public sealed class SpinLockTests
{
    [Fact]
    public void A_spin_lock_raises_to_dispatch_level_and_gives_the_old_level_back()
    {
        using var test = KernelTest.Boot();
        var spinLock = test.Allocate(8);
        test.Run(async _ =>
        {
            Assert.Equal(0u, (byte)await test.Call("KeAcquireSpinLockRaiseToDpc", spinLock.Value));
            Assert.Equal(2u, (byte)await test.Call("KeGetCurrentIrql"));
            Assert.NotEqual(0UL, test.Memory.ReadUInt64(spinLock));
            await test.Call("KeReleaseSpinLock", spinLock.Value, 0);
            Assert.Equal(0u, (byte)await test.Call("KeGetCurrentIrql"));
            Assert.Equal(0UL, test.Memory.ReadUInt64(spinLock));
        });
    }

    [Theory]
    [InlineData("KeAcquireSpinLockRaiseToDpc")]
    [InlineData("KeAcquireSpinLockAtDpcLevel")]
    public void Acquiring_a_held_spin_lock_is_a_proven_deadlock(string again)
    {
        using var test = KernelTest.Boot();
        var spinLock = test.Allocate(8);
        var stop = test.RunToStop(async _ =>
        {
            await test.Call("KeAcquireSpinLockRaiseToDpc", spinLock.Value);
            await test.Call(again, spinLock.Value);
        });
        Assert.Equal(spinLock, Assert.IsType<MachineStop.Deadlock>(stop).Object);
        Assert.Equal(spinLock, Assert.Single(test.Kernel.Trace.Of<DeadlockRecord>()).Lock);
    }

    [Fact]
    public void A_queued_spin_lock_restores_the_level_from_its_handle()
    {
        using var test = KernelTest.Boot();
        var (spinLock, handle) = (test.Allocate(8), test.Allocate(0x18));
        test.Run(async _ =>
        {
            await test.Call("KfRaiseIrql", 1);
            await test.Call("KeAcquireInStackQueuedSpinLock", spinLock.Value, handle.Value);
            Assert.Equal(2u, (byte)await test.Call("KeGetCurrentIrql"));
            await test.Call("KeReleaseInStackQueuedSpinLock", handle.Value);
            Assert.Equal(1u, (byte)await test.Call("KeGetCurrentIrql"));
            await test.Call("KeLowerIrql", 0);
        });
        Assert.Equal(0UL, test.Memory.ReadUInt64(spinLock));
    }

    [Fact]
    public void Releasing_a_free_spin_lock_is_bug_check_10()
    {
        using var test = KernelTest.Boot();
        var spinLock = test.Allocate(8);
        Assert.Equal(0x10u, test.RunToBugCheck(async _ => await test.Call("KeReleaseSpinLock", spinLock.Value, 0)).Code);
    }

    [Fact]
    public void Raising_to_a_lower_level_is_bug_check_9()
    {
        using var test = KernelTest.Boot();
        var stop = test.RunToBugCheck(async _ =>
        {
            await test.Call("KfRaiseIrql", 2);
            await test.Call("KfRaiseIrql", 1);
        });
        Assert.Equal((0x9u, 1UL, 2UL), (stop.Code, stop.Parameter1, stop.Parameter2));
    }

    [Fact]
    public void Executive_spin_locks_are_shared_by_readers_and_taken_alone_by_a_writer()
    {
        using var test = KernelTest.Boot();
        var spinLock = test.Allocate(8);
        test.Run(async _ =>
        {
            var irql = await test.Call("ExAcquireSpinLockShared", spinLock.Value);
            await test.Call("ExAcquireSpinLockSharedAtDpcLevel", spinLock.Value);
            await test.Call("ExReleaseSpinLockSharedFromDpcLevel", spinLock.Value);
            Assert.Equal(1u, (byte)await test.Call("ExTryConvertSharedSpinLockExclusive", spinLock.Value));
            await test.Call("ExReleaseSpinLockExclusive", spinLock.Value, irql);
        });
        Assert.IsType<MachineStop.Deadlock>(test.RunToStop(async _ =>
        {
            await test.Call("ExAcquireSpinLockShared", spinLock.Value);
            await test.Call("ExAcquireSpinLockExclusive", spinLock.Value);
        }));
    }

    [Fact]
    public void An_initialized_spin_lock_can_be_taken_whatever_lay_there()
    {
        using var test = KernelTest.Boot();
        var spinLock = test.Allocate(16);
        test.Memory.WriteUInt64(spinLock, ulong.MaxValue);
        test.Memory.WriteUInt64(spinLock + 8, 0x1122334455667788);
        test.CallNow("KeInitializeSpinLock", spinLock.Value);
        test.Run(async _ =>
        {
            await test.Call("KeAcquireSpinLockRaiseToDpc", spinLock.Value);
            await test.Call("KeReleaseSpinLock", spinLock.Value, 0);
        });
        Assert.Equal((0UL, 0x1122334455667788UL), (test.Memory.ReadUInt64(spinLock), test.Memory.ReadUInt64(spinLock + 8)));
    }
}
