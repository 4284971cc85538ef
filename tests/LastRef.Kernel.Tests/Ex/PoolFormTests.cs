using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>The many names of allocating pool, and lookaside lists over it.</summary>
public sealed class PoolFormTests
{
    private const ulong Tag = 0x74736554;
    private const ulong TooMuch = 0x1_0000_0000;
    private const ulong Paged = 1;

    [Theory]
    [InlineData("ExAllocatePool", 0x656E6F4E)] // None
    [InlineData("ExAllocatePoolWithTagPriority", Tag)]
    [InlineData("ExAllocatePoolWithQuota", 0x656E6F4E)]
    [InlineData("ExAllocatePoolWithQuotaTag", Tag)]
    public void Every_form_gives_a_block_of_the_pool_that_was_asked_for(string routine, ulong tag)
    {
        using var test = KernelTest.Boot();
        var paged = new VirtualAddress(test.CallNow(routine, Paged, 0x123, Tag, 16));
        Assert.Equal((0x123UL, (uint)tag, true), Describe(test.Kernel.Ex.PagedPool.Find(paged)!));
        var nonPaged = new VirtualAddress(test.CallNow(routine, 0, 0x20, Tag, 16));
        Assert.Equal((0x20UL, (uint)tag, false), Describe(test.Kernel.Ex.NonPagedPool.Find(nonPaged)!));
        Assert.Equal(0UL, nonPaged.Value & 0xF); // MEMORY_ALLOCATION_ALIGNMENT
    }

    [Fact]
    public void What_cannot_be_had_is_null_or_raised_as_the_form_says()
    {
        const ulong failInsteadOfRaise = 8, raise = 0x10;
        using var test = KernelTest.Boot();
        Assert.Equal(0UL, test.CallNow("ExAllocatePool", 0, TooMuch));
        Assert.Equal(0UL, test.CallNow("ExAllocatePoolWithQuotaTag", failInsteadOfRaise, TooMuch, Tag));
        Assert.Equal(0UL, test.CallNow("ExAllocatePool3", 0x40, TooMuch, Tag, 0, 0));
        Raises(test, "ExAllocatePoolWithQuotaTag", 0);
        using var second = KernelTest.Boot();
        Raises(second, "ExAllocatePoolWithTag", raise);

        static void Raises(KernelTest test, string routine, ulong type)
        {
            var stop = test.RunToBugCheck(async _ => await test.Call(routine, type, TooMuch, Tag));
            Assert.Equal((0x7Eu, NtStatus.InsufficientResources.Code), (stop.Code, (uint)stop.Parameter1));
        }
    }

    [Fact]
    public void The_newest_form_takes_optional_parameters_and_its_own_free()
    {
        const ulong pagedFlag = 0x100, optional = 0x100;
        using var test = KernelTest.Boot();
        var parameters = test.Allocate(16);
        test.Memory.WriteUInt64(parameters, optional | 1);
        var block = new VirtualAddress(test.CallNow("ExAllocatePool3", pagedFlag, 0x40, Tag, parameters.Value, 1));
        Assert.NotNull(test.Kernel.Ex.PagedPool.Find(block));
        test.CallNow("ExFreePool2", block.Value, Tag, 0, 0);
        Assert.True(test.Kernel.Ex.PagedPool.WasFreed(block));
        Assert.Equal(0UL, test.CallNow("ExAllocatePool3", 0, 0x40, Tag, 0, 0)); // no pool is named
        Assert.Equal(0UL, test.CallNow("ExAllocatePool3", pagedFlag, 0x40, 0, 0, 0)); // no tag
    }

    [Theory]
    [InlineData("ExInitializeNPagedLookasideList", "ExDeleteNPagedLookasideList", 0)]
    [InlineData("ExInitializePagedLookasideList", "ExDeletePagedLookasideList", 1)]
    [Trait("Spec", "U-6.64")]
    public void A_lookaside_list_is_registered_until_it_is_deleted_and_gives_its_entries_back(string initialize, string delete, int poolType)
    {
        using var test = KernelTest.Boot();
        var list = new GeneralLookaside(test.Memory, test.Allocate(0x80));
        test.CallNow(initialize, list.Address.Value, 0, 0, 0, 0x48, Tag, 0);
        Assert.Equal((poolType, 0x48u, (uint)Tag), (list.Type, list.Size, list.Tag));
        Assert.Equal((test.Export("ExAllocatePoolWithTag"), test.Export("ExFreePool")), (list.Allocate, list.Free));
        var entry = new VirtualAddress(test.CallNow("ExAllocatePoolWithTag", (ulong)poolType, 0x48, Tag));
        test.CallNow("ExpInterlockedPushEntrySList", list.ListHead.Address.Value, entry.Value);
        test.CallNow(delete, list.Address.Value);
        Assert.Null(test.Kernel.Ex.PoolAt(entry)!.Find(entry));
        Assert.Equal(
            [true, false], test.Kernel.Trace.Of<RegistrationRecord>().Where(r => r.Kind == RegistrationKind.Lookaside).Select(r => r.Begin));
    }

    [Fact]
    [Trait("Spec", "U-6.64")]
    public void The_newer_list_calls_the_drivers_own_free_routine_at_flush_and_deletion()
    {
        using var test = KernelTest.Boot();
        var list = test.Allocate(0x80).Value;
        var freed = new List<(ulong Entry, ulong List)>();
        var free = test.Routine(arguments =>
        {
            freed.Add((arguments[0], arguments[1]));
            return GuestTask.FromResult(0UL);
        });
        Assert.Equal(NtStatus.InvalidParameter5, test.Status("ExInitializeLookasideListEx", list, 0, free.Value, 0, 3, 0x40, Tag, 0));
        Assert.Equal(NtStatus.Success, test.Status("ExInitializeLookasideListEx", list, 0, free.Value, 0, 0, 0x40, Tag, 0));
        var (first, second) = (test.Allocate(0x40).Value, test.Allocate(0x40).Value);
        test.CallNow("ExpInterlockedPushEntrySList", list, first);
        test.CallNow("ExFlushLookasideListEx", list);
        Assert.Equal([(first, list)], freed);
        test.CallNow("ExpInterlockedPushEntrySList", list, second);
        test.CallNow("ExDeleteLookasideListEx", list);
        Assert.Equal([(first, list), (second, list)], freed);
    }

    private static (ulong ByteCount, uint Tag, bool Paged) Describe(PoolBlock block) => (block.ByteCount, block.Tag, block.Paged);
}
