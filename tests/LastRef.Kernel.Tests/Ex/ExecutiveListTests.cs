using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class ExecutiveListTests
{
    [Fact]
    public void A_sequenced_list_gives_back_last_in_first_out_and_counts()
    {
        using var test = KernelTest.Boot();
        var (head, first, second) = (test.Allocate(16), test.Allocate(16), test.Allocate(16));
        test.Run(async _ =>
        {
            await test.Call("InitializeSListHead", head.Value);
            Assert.Equal(0UL, await test.Call("ExpInterlockedPushEntrySList", head.Value, first.Value));
            Assert.Equal(first.Value, await test.Call("ExpInterlockedPushEntrySList", head.Value, second.Value));
            Assert.Equal(2u, (ushort)await test.Call("ExQueryDepthSList", head.Value));
            Assert.Equal(second.Value, await test.Call("ExpInterlockedPopEntrySList", head.Value));
            Assert.Equal(first.Value, await test.Call("ExpInterlockedFlushSList", head.Value));
            Assert.Equal(0UL, await test.Call("ExpInterlockedPopEntrySList", head.Value));
        });
    }

    [Fact]
    public void Interlocked_lists_answer_with_the_neighbour_before()
    {
        using var test = KernelTest.Boot();
        var (head, first, second, spinLock) = (test.Allocate(16), test.Allocate(16), test.Allocate(16), test.Allocate(8));
        test.Kernel.Ke.InitializeList(head);
        test.Run(async _ =>
        {
            Assert.Equal(0UL, await test.Call("ExInterlockedInsertTailList", head.Value, first.Value, spinLock.Value));
            Assert.Equal(first.Value, await test.Call("ExInterlockedInsertHeadList", head.Value, second.Value, spinLock.Value));
            Assert.Equal(second.Value, await test.Call("ExInterlockedRemoveHeadList", head.Value, spinLock.Value));
            Assert.Equal(first.Value, await test.Call("ExInterlockedRemoveHeadList", head.Value, spinLock.Value));
            Assert.Equal(0UL, await test.Call("ExInterlockedRemoveHeadList", head.Value, spinLock.Value));
        });
    }

    [Fact]
    public void A_lookaside_list_offers_pool_routines_and_gives_its_entries_back_when_deleted()
    {
        using var test = KernelTest.Boot();
        var address = test.Allocate(0x100);
        test.Run(async _ =>
        {
            await test.Call("ExInitializeNPagedLookasideList", address.Value, 0, 0, 0, 0x40, 0x31313131, 0);
            var list = new GeneralLookaside(test.Memory, address);
            Assert.Equal(test.Export("ExAllocatePoolWithTag"), list.Allocate);
            Assert.Equal(test.Export("ExFreePool"), list.Free);
            Assert.Equal((0x40u, 0x31313131u, (ushort)4), (list.Size, list.Tag, list.Depth));
            var entry = await test.Call("ExAllocatePoolWithTag", (ulong)list.Type, list.Size, list.Tag);
            await test.Call("ExpInterlockedPushEntrySList", address.Value, entry);
            await test.Call("ExDeleteNPagedLookasideList", address.Value);
            Assert.Null(test.Kernel.Ex.NonPagedPool.Find(new VirtualAddress(entry)));
        });
        Assert.Equal([true, false], test.Kernel.Trace.Of<RegistrationRecord>().Where(r => r.Kind == RegistrationKind.Lookaside).Select(r => r.Begin));
    }

    [Fact]
    public void A_callback_object_tells_every_registered_routine_until_it_unregisters()
    {
        using var test = KernelTest.Boot();
        var heard = new List<(ulong Context, ulong First, ulong Second)>();
        var routine = test.Routine(arguments =>
        {
            heard.Add((arguments[0], arguments[1], arguments[2]));
            return GuestTask.FromResult(0UL);
        });
        test.Run(async _ =>
        {
            var power = test.Kernel.Ob.Lookup(@"\Callback\PowerState").Object.Value;
            Assert.NotEqual(0UL, power);
            var first = await test.Call("ExRegisterCallback", power, routine.Value, 1);
            var second = await test.Call("ExRegisterCallback", power, routine.Value, 2);
            await test.Call("ExNotifyCallback", power, 10, 20);
            await test.Call("ExUnregisterCallback", first);
            await test.Call("ExNotifyCallback", power, 30, 40);
            await test.Call("ExUnregisterCallback", second);
        });
        Assert.Equal([(1UL, 10UL, 20UL), (2UL, 10UL, 20UL), (2UL, 30UL, 40UL)], heard);
    }

    [Fact]
    public void A_work_item_runs_on_a_worker_at_passive_level_and_may_be_queued_again_from_its_routine()
    {
        using var test = KernelTest.Boot();
        var item = test.Allocate(0x20);
        var contexts = new List<(ulong Parameter, Irql Irql, string Thread)>();
        var view = new WorkQueueItem(test.Memory, item);
        var routine = test.Routine(async arguments =>
        {
            contexts.Add((arguments[0], test.Kernel.Ke.CurrentIrql, test.Kernel.CurrentThread.Purpose));
            if (contexts.Count == 1)
                await test.Call("ExQueueWorkItem", item.Value, 1);
            return 0;
        });
        view.SetWorkerRoutine(test.Memory, routine);
        view.SetParameter(test.Memory, new VirtualAddress(0x99));
        test.CallNow("ExQueueWorkItem", item.Value, 1);
        test.RunUntilIdle();
        Assert.Equal(2, contexts.Count);
        Assert.All(contexts, c => Assert.Equal((0x99UL, Irql.Passive), (c.Parameter, c.Irql)));
        Assert.All(contexts, c => Assert.StartsWith("worker", c.Thread, StringComparison.Ordinal));
        Assert.Equal(4, test.Kernel.Trace.Of<RegistrationRecord>().Count(r => r.Kind == RegistrationKind.ExWorkItem));
    }

    [Fact]
    public void A_work_item_queued_twice_is_bug_check_E4()
    {
        using var test = KernelTest.Boot();
        var item = test.Allocate(0x20);
        var stop = test.RunToBugCheck(async _ =>
        {
            await test.Call("KfRaiseIrql", 2);
            await test.Call("ExQueueWorkItem", item.Value, 1);
            await test.Call("ExQueueWorkItem", item.Value, 1);
        });
        Assert.Equal(0xE4u, stop.Code);
    }

    [Fact]
    public void Blocked_work_items_do_not_keep_others_from_running()
    {
        using var test = KernelTest.Boot();
        var never = test.Kernel.Ke.CreateEvent(synchronization: false);
        var ran = false;
        for (var i = 0; i < 5; i++)
            test.Kernel.Ex.QueueWork(async _ => await test.Kernel.Ke.Wait(never));
        test.Kernel.Ex.QueueWork(_ =>
        {
            ran = true;
            return GuestTask.CompletedTask;
        });
        test.RunUntilIdle();
        Assert.True(ran);
    }

    [Fact]
    public void An_event_is_created_opened_by_name_and_waited_for_by_handle()
    {
        using var test = KernelTest.Boot();
        var (handles, attributes) = (test.Allocate(16), test.Allocate(0x30));
        var name = test.Allocate(16);
        test.Kernel.Rtl.WriteString(new UnicodeString(test.Memory, name), @"\BaseNamedObjects\LastRefTest", PoolTags.String);
        test.Memory.WriteUInt32(attributes, 0x30);
        test.Memory.WritePointer(attributes + 0x10, name);
        test.Run(async _ =>
        {
            Assert.Equal(0u, (uint)await test.Call("ZwCreateEvent", handles.Value, 0x1F0003, attributes.Value, 1, 0));
            Assert.Equal(
                NtStatus.ObjectNameCollision.Code, (uint)await test.Call("ZwCreateEvent", (handles + 8).Value, 0x1F0003, attributes.Value, 1, 0));
            Assert.Equal(0u, (uint)await test.Call("ZwOpenEvent", (handles + 8).Value, 0x1F0003, attributes.Value));
            Assert.Equal(0u, (uint)await test.Call("ZwSetEvent", test.Memory.ReadUInt64(handles + 8), 0));
            Assert.Equal(0u, (uint)await test.Call("ZwWaitForSingleObject", test.Memory.ReadUInt64(handles), 0, test.Time(0)));
            Assert.Equal(
                NtStatus.Timeout.Code, (uint)await test.Call("ZwWaitForSingleObject", test.Memory.ReadUInt64(handles), 0, test.Time(0)));
        });
    }

    [Fact]
    public void A_provider_that_unregisters_twice_has_an_invalid_handle()
    {
        using var test = KernelTest.Boot();
        var (guid, handle) = (test.Allocate(16), test.Allocate(8));
        test.CallNow("EtwRegister", guid.Value, 0, 0, handle.Value);
        var value = test.Memory.ReadUInt64(handle);
        Assert.Equal(0u, (uint)test.CallNow("EtwWrite", value, 0, 0, 0, 0));
        Assert.Equal(0u, (uint)test.CallNow("EtwUnregister", value));
        Assert.Equal(NtStatus.InvalidHandle.Code, (uint)test.CallNow("EtwUnregister", value));
    }
}
