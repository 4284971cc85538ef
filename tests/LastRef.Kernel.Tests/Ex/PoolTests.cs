using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class PoolTests
{
    private const ulong Tag = 0x74736554;

    [Theory]
    [InlineData(0UL, 0x18UL)]
    [InlineData(1UL, 0x1800UL)]
    public void A_block_is_recorded_with_its_tag_until_it_is_freed(ulong poolType, ulong byteCount)
    {
        using var test = KernelTest.Boot();
        var block = new VirtualAddress(test.CallNow("ExAllocatePoolWithTag", poolType, byteCount, Tag));
        Assert.Equal(byteCount, test.Kernel.Ex.PoolAt(block)!.Find(block)!.ByteCount);
        test.CallNow("ExFreePoolWithTag", block.Value, Tag);
        Assert.Equal(
            [(true, byteCount, (uint)Tag, poolType == 1), (false, byteCount, (uint)Tag, poolType == 1)],
            test.Kernel.Trace.Of<PoolRecord>().Where(r => r.Address == block).Select(r => (r.Allocated, r.ByteCount, r.Tag, r.Paged)));
    }

    [Fact]
    public void Freeing_twice_and_freeing_what_is_no_block_are_told_apart()
    {
        using (var test = KernelTest.Boot())
        {
            var stop = test.RunToBugCheck(async _ =>
            {
                var block = await test.Call("ExAllocatePoolWithTag", 0, 0x40, Tag);
                await test.Call("ExFreePoolWithTag", block, Tag);
                await test.Call("ExFreePoolWithTag", block, Tag);
            });
            Assert.Equal((0xC2u, 7UL), (stop.Code, stop.Parameter1));
        }

        using (var test = KernelTest.Boot())
        {
            var stop = test.RunToBugCheck(async _ =>
            {
                var block = await test.Call("ExAllocatePoolWithTag", 0, 0x40, Tag);
                await test.Call("ExFreePool", block + 0x10);
            });
            Assert.Equal((0xC2u, 0x46UL), (stop.Code, stop.Parameter1));
        }
    }

    [Fact]
    public void Paged_pool_at_dispatch_level_is_bug_check_C2()
    {
        using var test = KernelTest.Boot();
        var stop = test.RunToBugCheck(async _ =>
        {
            await test.Call("KfRaiseIrql", 2);
            await test.Call("ExAllocatePoolWithTag", 1, 0x40, Tag);
        });
        Assert.Equal((0xC2u, 8UL, 2UL), (stop.Code, stop.Parameter1, stop.Parameter2));
    }

    [Fact]
    public void A_protected_tag_must_be_given_to_free()
    {
        using var test = KernelTest.Boot();
        var stop = test.RunToBugCheck(async _ =>
        {
            var block = await test.Call("ExAllocatePoolWithTag", 0, 0x40, Tag | 0x8000_0000);
            await test.Call("ExFreePool", block);
        });
        Assert.Equal((0xC2u, 0xAUL), (stop.Code, stop.Parameter1));
    }

    [Fact]
    public void An_allocation_too_large_returns_null_and_the_quota_form_raises()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(0UL, test.CallNow("ExAllocatePoolWithTag", 0, 0x4000_0000, Tag));
        Assert.Equal(0UL, test.CallNow("ExAllocatePoolWithQuotaTag", 8, 0x4000_0000, Tag));
        var stop = test.RunToBugCheck(async _ => await test.Call("ExAllocatePoolWithQuotaTag", 0, 0x4000_0000, Tag));
        Assert.Equal(NtStatus.InsufficientResources.Code, (uint)stop.Parameter1);
    }

    [Theory]
    [InlineData(0x40UL, false)]
    [InlineData(0x80UL, false)]
    [InlineData(0x100UL, true)]
    public void ExAllocatePool2_takes_the_pool_from_its_flags(ulong flags, bool paged)
    {
        using var test = KernelTest.Boot();
        var block = new VirtualAddress(test.CallNow("ExAllocatePool2", flags, 0x40, Tag));
        Assert.Equal(paged, test.Kernel.Ex.PagedPool.Contains(block));
        Assert.Equal(0UL, test.CallNow("ExAllocatePool2", 0, 0x40, Tag));
    }

    [Fact]
    public void Freed_pool_does_not_keep_what_was_in_it()
    {
        using var test = KernelTest.Boot();
        var block = new VirtualAddress(test.CallNow("ExAllocatePoolWithTag", 0, 0x40, Tag));
        test.Memory.WriteUInt64(block, 0x1122_3344);
        test.CallNow("ExFreePool", block.Value);
        Assert.NotEqual(0x1122_3344UL, test.Memory.ReadUInt64(block));
    }
}
