using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class ExecutiveLockTests
{
    [Fact]
    public void A_fast_mutex_is_held_at_apc_level_and_passed_on_in_order()
    {
        using var test = KernelTest.Boot();
        var mutex = test.Allocate(0x38);
        test.CallNow("KeInitializeGuardedMutex", mutex.Value);
        var order = new List<int>();
        test.Run(async _ =>
        {
            await test.Call("ExAcquireFastMutex", mutex.Value);
            Assert.Equal(1u, (byte)await test.Call("KeGetCurrentIrql"));
            for (var i = 0; i < 2; i++)
            {
                var number = i;
                test.Kernel.Ps.CreateSystemThread($"waiter {i}", 10, async _ =>
                {
                    await test.Call("ExAcquireFastMutex", mutex.Value);
                    order.Add(number);
                    await test.Call("ExReleaseFastMutex", mutex.Value);
                });
            }

            await test.Kernel.Scheduler.Yield();
            Assert.Empty(order);
            Assert.Equal(-2, new FastMutex(test.Memory, mutex).Count);
            await test.Call("ExReleaseFastMutex", mutex.Value);
            Assert.Equal(0u, (byte)await test.Call("KeGetCurrentIrql"));
        });
        test.RunUntilIdle();
        Assert.Equal([0, 1], order);
        Assert.Equal(1, new FastMutex(test.Memory, mutex).Count);
    }

    [Fact]
    public void A_fast_mutex_acquired_twice_by_its_owner_never_returns()
    {
        using var test = KernelTest.Boot();
        var mutex = test.Allocate(0x38);
        test.CallNow("KeInitializeGuardedMutex", mutex.Value);
        test.RunToHang(async _ =>
        {
            await test.Call("ExAcquireFastMutex", mutex.Value);
            await test.Call("ExAcquireFastMutex", mutex.Value);
        });
    }

    [Fact]
    public void A_resource_is_shared_by_readers_recursive_and_exclusive_for_a_writer()
    {
        using var test = KernelTest.Boot();
        var resource = test.Allocate(0x68);
        test.Run(async thread =>
        {
            await test.Call("ExInitializeResourceLite", resource.Value);
            Assert.Equal(1u, (byte)await test.Call("ExAcquireResourceSharedLite", resource.Value, 1));
            Assert.Equal(1u, (byte)await test.Call("ExAcquireResourceSharedLite", resource.Value, 1));
            Assert.Equal(0u, (byte)await test.Call("ExAcquireResourceExclusiveLite", resource.Value, 0));
            Assert.Equal(2u, (uint)await test.Call("ExIsResourceAcquiredSharedLite", resource.Value));
            await test.Call("ExReleaseResourceLite", resource.Value);
            await test.Call("ExReleaseResourceLite", resource.Value);
            Assert.Equal(1u, (byte)await test.Call("ExAcquireResourceExclusiveLite", resource.Value, 0));
            Assert.Equal(1u, (byte)await test.Call("ExIsResourceAcquiredExclusiveLite", resource.Value));
            Assert.Equal(thread.Address.Value, new EResource(test.Memory, resource).OwnerThread);
            await test.Call("ExReleaseResourceLite", resource.Value);
            await test.Call("ExDeleteResourceLite", resource.Value);
        });
        Assert.Empty(test.Kernel.Ex.ActiveResources);
    }

    [Fact]
    public void A_writer_waits_for_readers_and_later_readers_wait_for_the_writer()
    {
        using var test = KernelTest.Boot();
        var resource = test.Allocate(0x68);
        var order = new List<string>();
        test.Run(async _ =>
        {
            await test.Call("ExInitializeResourceLite", resource.Value);
            await test.Call("ExAcquireResourceSharedLite", resource.Value, 1);
            Take("writer", "ExAcquireResourceExclusiveLite");
            Take("reader", "ExAcquireResourceSharedLite");
            await test.Kernel.Scheduler.Yield();
            Assert.Empty(order);
            await test.Call("ExReleaseResourceLite", resource.Value);
        });
        test.RunUntilIdle();
        Assert.Equal(["writer", "reader"], order);

        void Take(string who, string routine) => test.Kernel.Ps.CreateSystemThread(who, 10, async _ =>
        {
            await test.Call(routine, resource.Value, 1);
            order.Add(who);
            await test.Call("ExReleaseResourceLite", resource.Value);
        });
    }

    [Fact]
    public void Releasing_a_resource_of_another_thread_is_bug_check_E3()
    {
        using var test = KernelTest.Boot();
        var resource = test.Allocate(0x68);
        var stop = test.RunToBugCheck(async _ =>
        {
            await test.Call("ExInitializeResourceLite", resource.Value);
            await test.Call("ExReleaseResourceLite", resource.Value);
        });
        Assert.Equal(0xE3u, stop.Code);
    }

    [Fact]
    public void Freeing_pool_with_a_resource_in_it_is_bug_check_C4_D2_under_the_verifier()
    {
        using var test = KernelTest.Boot();
        var stop = test.RunToBugCheck(async _ =>
        {
            var pool = await test.Call("ExAllocatePoolWithTag", 0, 0x100, 1);
            await test.Call("ExInitializeResourceLite", pool + 0x40);
            await test.Call("ExFreePool", pool);
        });
        Assert.Equal((0xC4u, 0xD2UL), (stop.Code, stop.Parameter1));
    }

    [Fact]
    public void A_zeroed_resource_that_was_never_initialised_is_free_and_cannot_be_deleted()
    {
        using var test = KernelTest.Boot();
        var resource = test.Allocate(EResource.SizeOf(test.Memory.Layout)).Value;
        Assert.True(test.Run(async _ => (byte)await test.Call("ExAcquireResourceExclusiveLite", resource, 1) != 0
            && await test.Call("ExIsResourceAcquiredSharedLite", resource) == 1));
        var stop = test.RunToBugCheck(async _ => await test.Call("ExDeleteResourceLite", resource));
        Assert.Equal((0x139u, 3UL), (stop.Code, stop.Parameter1));
    }

    [Fact]
    public void A_resource_in_memory_that_holds_something_else_ends_the_run()
    {
        using var test = KernelTest.Boot();
        var resource = test.Allocate(EResource.SizeOf(test.Memory.Layout));
        test.Memory.WriteUInt64(resource, 0x6B6B_6B6B);
        var stop = Assert.IsType<MachineStop.Unsupported>(test.RunToStop(async _ => await test.Call("ExAcquireResourceExclusiveLite", resource.Value, 1)));
        Assert.Contains("never initialised", stop.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Rundown_waits_for_users_and_then_refuses_new_ones()
    {
        using var test = KernelTest.Boot();
        var rundown = test.Allocate(8);
        var waited = false;
        test.Run(async _ =>
        {
            await test.Call("ExInitializeRundownProtection", rundown.Value);
            Assert.Equal(1u, (byte)await test.Call("ExAcquireRundownProtection", rundown.Value));
            test.Kernel.Ps.CreateSystemThread("waiter", 10, async _ =>
            {
                await test.Call("ExWaitForRundownProtectionRelease", rundown.Value);
                waited = true;
            });
            await test.Kernel.Scheduler.Yield();
            Assert.Equal(0u, (byte)await test.Call("ExAcquireRundownProtection", rundown.Value));
            Assert.False(waited);
            await test.Call("ExReleaseRundownProtection", rundown.Value);
        });
        test.RunUntilIdle();
        Assert.True(waited);
        Assert.Equal(0u, (byte)test.CallNow("ExAcquireRundownProtection", rundown.Value));
    }

    [Fact]
    public void A_push_lock_is_shared_by_readers_and_makes_a_writer_wait()
    {
        using var test = KernelTest.Boot();
        var pushLock = test.Allocate(8);
        var written = false;
        test.Run(async _ =>
        {
            await test.Call("ExAcquirePushLockSharedEx", pushLock.Value, 0);
            await test.Call("ExAcquirePushLockSharedEx", pushLock.Value, 0);
            test.Kernel.Ps.CreateSystemThread("writer", 10, async _ =>
            {
                await test.Call("ExAcquirePushLockExclusiveEx", pushLock.Value, 0);
                written = true;
                await test.Call("ExReleasePushLockExclusiveEx", pushLock.Value, 0);
            });
            await test.Kernel.Scheduler.Yield();
            await test.Call("ExReleasePushLockSharedEx", pushLock.Value, 0);
            Assert.False(written);
            await test.Call("ExReleasePushLockSharedEx", pushLock.Value, 0);
        });
        test.RunUntilIdle();
        Assert.True(written);
        Assert.Equal(0UL, test.Memory.ReadUInt64(pushLock));
    }

    [Fact]
    public void A_fast_mutex_that_another_thread_holds_is_not_waited_for_by_a_try()
    {
        using var test = KernelTest.Boot();
        var mutex = test.Allocate(0x38);
        test.CallNow("KeInitializeGuardedMutex", mutex.Value);
        var others = new List<(bool Taken, byte Irql)>();
        async GuestTask Try(KernelThread _)
        {
            var taken = (byte)await test.Call("ExTryToAcquireFastMutex", mutex.Value) != 0;
            others.Add((taken, (byte)await test.Call("KeGetCurrentIrql")));
            if (taken)
                await test.Call("ExReleaseFastMutex", mutex.Value);
        }

        test.Run(async thread =>
        {
            Assert.Equal(1, (byte)await test.Call("ExTryToAcquireFastMutex", mutex.Value));
            Assert.Equal((0, thread.Address), (new FastMutex(test.Memory, mutex).Count, new FastMutex(test.Memory, mutex).Owner));
            test.Kernel.Ps.CreateSystemThread("other", 10, Try);
            await test.Kernel.Scheduler.Yield();
            await test.Call("ExReleaseFastMutex", mutex.Value);
            test.Kernel.Ps.CreateSystemThread("later", 10, Try);
        });
        test.RunUntilIdle();
        Assert.Equal([(false, (byte)0), (true, (byte)1)], others);
        Assert.Equal(1, new FastMutex(test.Memory, mutex).Count);
    }
}
