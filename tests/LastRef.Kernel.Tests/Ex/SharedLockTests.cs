using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Resources, push locks and executive spin locks in all their forms.</summary>
public sealed class SharedLockTests
{
    private const ulong Dispatch = 2;

    [Fact]
    public void The_critical_region_forms_disable_apcs_while_the_resource_is_held()
    {
        using var test = KernelTest.Boot();
        var resource = NewResource(test);
        test.Run(async _ =>
        {
            await test.Call("ExEnterCriticalRegionAndAcquireResourceExclusive", resource);
            Assert.Equal(1, (byte)await test.Call("ExIsResourceAcquiredExclusiveLite", resource));
            Assert.Equal(1, (byte)await test.Call("KeAreApcsDisabled"));
            await test.Call("ExReleaseResourceAndLeaveCriticalRegion", resource);
            Assert.Equal(0, (byte)await test.Call("KeAreApcsDisabled"));
            await test.Call("ExEnterCriticalRegionAndAcquireResourceShared", resource);
            Assert.Equal(1u, (uint)await test.Call("ExIsResourceAcquiredSharedLite", resource));
            Assert.Equal(0, (byte)await test.Call("ExIsResourceAcquiredExclusiveLite", resource));
            Assert.Equal(1, (byte)await test.Call("KeAreApcsDisabled"));
            await test.Call("ExReleaseResourceAndLeaveCriticalRegion", resource);
            Assert.Equal(0u, (uint)await test.Call("ExIsResourceAcquiredSharedLite", resource));
        });
    }

    [Theory]
    [InlineData("ExAcquireSharedStarveExclusive", true)]
    [InlineData("ExAcquireSharedWaitForExclusive", false)]
    [InlineData("ExAcquireResourceSharedLite", false)]
    public void A_new_reader_passes_a_waiting_writer_only_where_its_name_says_so(string routine, bool passes)
    {
        using var test = KernelTest.Boot();
        var resource = NewResource(test);
        test.Run(async _ =>
        {
            await test.Call("ExAcquireResourceSharedLite", resource, 1);
            test.Kernel.Ps.CreateSystemThread("writer", 10, async _ =>
            {
                await test.Call("ExAcquireResourceExclusiveLite", resource, 1);
                await test.Call("ExReleaseResourceLite", resource);
            });
            await test.Kernel.Scheduler.Yield();
            Assert.Equal(1u, (uint)await test.Call("ExGetExclusiveWaiterCount", resource));
            bool? got = null;
            test.Kernel.Ps.CreateSystemThread("reader", 10, async _ =>
            {
                got = (byte)await test.Call(routine, resource, 0) != 0;
                if (got.Value)
                    await test.Call("ExReleaseResourceLite", resource);
            });
            await test.Kernel.Scheduler.Yield();
            Assert.Equal(passes, got);
            await test.Call("ExReleaseResourceLite", resource);
        });
    }

    [Fact]
    public void Converting_to_shared_lets_waiting_readers_in()
    {
        using var test = KernelTest.Boot();
        var resource = NewResource(test);
        test.Run(async _ =>
        {
            await test.Call("ExAcquireResourceExclusiveLite", resource, 1);
            var isIn = false;
            test.Kernel.Ps.CreateSystemThread("reader", 10, async _ =>
            {
                await test.Call("ExAcquireResourceSharedLite", resource, 1);
                isIn = true;
                await test.Call("ExReleaseResourceLite", resource);
            });
            await test.Kernel.Scheduler.Yield();
            Assert.Equal((false, 1u), (isIn, (uint)await test.Call("ExGetSharedWaiterCount", resource)));
            await test.Call("ExConvertExclusiveToSharedLite", resource);
            await test.Kernel.Scheduler.Yield();
            Assert.Equal((true, 0u), (isIn, (uint)await test.Call("ExGetSharedWaiterCount", resource)));
            Assert.Equal(1u, (uint)await test.Call("ExIsResourceAcquiredSharedLite", resource));
            await test.Call("ExReleaseResourceLite", resource);
        });
        Assert.Equal(
            0xE3u, test.RunToBugCheck(async _ => await test.Call("ExConvertExclusiveToSharedLite", resource)).Code); // RESOURCE_NOT_OWNED
    }

    [Fact]
    public void Another_thread_releases_for_the_owner_that_is_named()
    {
        using var test = KernelTest.Boot();
        var resource = NewResource(test);
        const ulong owner = 0xFFFF_A000_0000_0003; // both low bits set, as the pages demand
        test.Run(async _ =>
        {
            await test.Call("ExAcquireResourceExclusiveLite", resource, 1);
            await test.Call("ExSetResourceOwnerPointer", resource, owner);
        });
        Assert.False(test.Boolean("ExAcquireResourceSharedLite", resource, 0));
        test.CallNow("ExReleaseResourceForThreadLite", resource, owner);
        Assert.True(test.Boolean("ExAcquireResourceExclusiveLite", resource, 0));
        Assert.Equal(NtStatus.Success, test.Status("ExReinitializeResourceLite", resource));
        Assert.True(test.Boolean("ExAcquireResourceExclusiveLite", resource, 0)); // a thread that is gone holds it no more
    }

    [Theory]
    [InlineData("ExfAcquirePushLockExclusive", "ExfReleasePushLockExclusive", "ExfAcquirePushLockShared", "ExfReleasePushLockShared")]
    [InlineData("ExAcquirePushLockExclusiveEx", "ExReleasePushLockExclusiveEx", "ExAcquirePushLockSharedEx", "ExReleasePushLockSharedEx")]
    [InlineData("ExfAcquirePushLockExclusive", "ExfReleasePushLock", "ExfAcquirePushLockShared", "ExfReleasePushLock")]
    public void A_push_lock_is_shared_or_exclusive(string exclusive, string releaseExclusive, string shared, string releaseShared)
    {
        using var test = KernelTest.Boot();
        var pushLock = test.Allocate(8);
        test.Memory.WriteUInt64(pushLock, ulong.MaxValue);
        test.CallNow("ExInitializePushLock", pushLock.Value);
        Assert.Equal(0UL, test.Value(pushLock));
        var order = new List<string>();
        test.Run(async _ =>
        {
            await test.Call(shared, pushLock.Value, 0);
            await test.Call(shared, pushLock.Value, 0);
            Assert.Equal(0x21UL, test.Value(pushLock)); // two sharers from bit 4, locked in bit 0
            test.Kernel.Ps.CreateSystemThread("writer", 10, async _ =>
            {
                await test.Call(exclusive, pushLock.Value, 0);
                order.Add("writer");
                await test.Call(releaseExclusive, pushLock.Value, 0);
            });
            await test.Kernel.Scheduler.Yield();
            await test.Call(releaseShared, pushLock.Value, 0);
            await test.Kernel.Scheduler.Yield();
            Assert.Empty(order);
            await test.Call(releaseShared, pushLock.Value, 0);
        });
        test.RunUntilIdle();
        Assert.Equal(["writer"], order);
        Assert.Equal(0UL, test.Value(pushLock));
    }

    [Fact]
    public void A_push_lock_that_is_not_held_cannot_be_released()
    {
        using var test = KernelTest.Boot();
        var pushLock = test.Allocate(8);
        Assert.Equal(0xE3u, test.RunToBugCheck(async _ => await test.Call("ExfReleasePushLock", pushLock.Value)).Code);
    }

    [Fact]
    public void An_executive_spin_lock_raises_to_dispatch_level_and_counts_its_sharers()
    {
        using var test = KernelTest.Boot();
        var spinLock = test.Allocate(4);
        test.Run(async _ =>
        {
            var old = await test.Call("ExAcquireSpinLockShared", spinLock.Value);
            await test.Call("ExAcquireSpinLockSharedAtDpcLevel", spinLock.Value);
            Assert.Equal((Dispatch, 2u), ((byte)await test.Call("KeGetCurrentIrql"), test.Memory.ReadUInt32(spinLock)));
            await test.Call("ExReleaseSpinLockSharedFromDpcLevel", spinLock.Value);
            await test.Call("ExReleaseSpinLockShared", spinLock.Value, old);
            Assert.Equal((0, 0u), ((byte)await test.Call("KeGetCurrentIrql"), test.Memory.ReadUInt32(spinLock)));
            await test.Call("KfRaiseIrql", Dispatch);
            await test.Call("ExAcquireSpinLockExclusiveAtDpcLevel", spinLock.Value);
            Assert.True((int)test.Memory.ReadUInt32(spinLock) < 0, "the top bit says exclusive");
            await test.Call("ExReleaseSpinLockExclusiveFromDpcLevel", spinLock.Value);
            Assert.Equal(0u, test.Memory.ReadUInt32(spinLock));
            await test.Call("KeLowerIrql", 0);
        });
    }

    [Fact]
    public void An_executive_spin_lock_asked_for_twice_never_comes()
    {
        using var test = KernelTest.Boot();
        var spinLock = test.Allocate(4);
        var stop = test.RunToStop(async _ =>
        {
            await test.Call("KfRaiseIrql", Dispatch);
            await test.Call("ExAcquireSpinLockExclusiveAtDpcLevel", spinLock.Value);
            await test.Call("ExAcquireSpinLockExclusiveAtDpcLevel", spinLock.Value);
        });
        Assert.IsType<MachineStop.Deadlock>(stop);
    }

    private static ulong NewResource(KernelTest test)
    {
        var resource = test.Allocate(0x68).Value;
        test.CallNow("ExInitializeResourceLite", resource);
        return resource;
    }
}
