using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class MdlTests
{
    [Fact]
    public void A_locked_user_buffer_and_its_system_mapping_are_the_same_bytes()
    {
        using var test = KernelTest.Boot();
        var process = test.Kernel.Ps.CreateProcess("app.exe");
        var buffer = test.Kernel.Mm.AllocateUser(process, 0x3000) + 0xFF0;
        var mdl = new Mdl(test.Memory, new VirtualAddress(test.CallNow("IoAllocateMdl", buffer.Value, 0x20, 0, 0, 0)));
        Assert.Equal((0x20u, 0xFF0u), (mdl.ByteCount, mdl.ByteOffset));
        test.CallNow("MmProbeAndLockPages", mdl.Address.Value, 1, 1);
        var mapped = new VirtualAddress(test.CallNow("MmMapLockedPagesSpecifyCache", mdl.Address.Value, 0, 1, 0, 0, 16));
        Assert.True(mapped.IsKernel);
        test.Memory.WriteUInt64(mapped + 0xC, 0x1122334455667788);
        Assert.Equal(0x1122334455667788UL, test.Memory.ReadUInt64(buffer + 0xC));
        test.CallNow("MmUnlockPages", mdl.Address.Value);
        Assert.False(test.Memory.TryRead(mapped, new byte[1], out _));
        test.CallNow("IoFreeMdl", mdl.Address.Value);
    }

    [Theory]
    [InlineData(0x0000_0200_0000_0000UL)]
    [InlineData(0xFFFF_8A00_0000_0000UL)]
    public void Locking_a_bad_or_a_kernel_address_for_user_mode_raises_an_access_violation(ulong address)
    {
        using var test = KernelTest.Boot();
        var mdl = test.Kernel.Mm.CreateMdl(new VirtualAddress(address), 8);
        test.Run(_ =>
        {
            var raised = Assert.Throws<GuestRaisedException>(() => test.Kernel.Mm.ProbeAndLock(mdl, userMode: true, LockOperation.Write));
            Assert.Equal(NtStatus.AccessViolation, raised.Code);
            return GuestTask.CompletedTask;
        });
    }

    [Fact]
    public void An_mdl_of_nonpaged_pool_is_mapped_where_the_pool_is()
    {
        using var test = KernelTest.Boot();
        var pool = test.Allocate(64);
        var mdl = test.CallNow("IoAllocateMdl", pool.Value, 64, 0, 0, 0);
        test.CallNow("MmBuildMdlForNonPagedPool", mdl);
        Assert.Equal(pool.Value, test.CallNow("MmMapLockedPagesSpecifyCache", mdl, 0, 1, 0, 0, 16));
        Assert.Equal(
            test.CallNow("MmGetPhysicalAddress", pool.Value) >> 12,
            test.Memory.ReadUInt64(MemoryManager.FramesOf(new Mdl(test.Memory, new VirtualAddress(mdl)))));
    }

    [Fact]
    public void A_partial_mdl_describes_a_part_of_the_same_pages()
    {
        using var test = KernelTest.Boot();
        var buffer = test.Allocate(0x3000);
        var source = test.CallNow("IoAllocateMdl", buffer.Value, 0x3000, 0, 0, 0);
        test.CallNow("MmProbeAndLockPages", source, 0, 0);
        var part = test.CallNow("IoAllocateMdl", (buffer + 0x1800).Value, 0x1000, 0, 0, 0);
        test.CallNow("IoBuildPartialMdl", source, part, (buffer + 0x1800).Value, 0x1000);
        var mapped = new VirtualAddress(test.CallNow("MmMapLockedPagesSpecifyCache", part, 0, 1, 0, 0, 16));
        test.Memory.WriteByte(mapped + 0x801, 0xAB);
        Assert.Equal(0xAB, test.Memory.ReadByte(buffer + 0x2001));
        test.CallNow("IoFreeMdl", part);
        test.CallNow("MmUnlockPages", source);
        test.CallNow("IoFreeMdl", source);
    }

    [Fact]
    public void Unlocking_pages_that_are_not_locked_is_a_bug_check()
    {
        using var test = KernelTest.Boot();
        var mdl = test.CallNow("IoAllocateMdl", test.Allocate(16).Value, 16, 0, 0, 0);
        Assert.Equal(0x4Eu, test.RunToBugCheck(async _ => await test.Call("MmUnlockPages", mdl)).Code);
    }

    [Fact]
    public void Pages_without_an_address_can_be_mapped_and_freed()
    {
        using var test = KernelTest.Boot();
        var mdl = test.CallNow("MmAllocatePagesForMdlEx", 0, ulong.MaxValue, 0, 0x2000, 1, 0);
        Assert.Equal(0x2000u, new Mdl(test.Memory, new VirtualAddress(mdl)).ByteCount);
        var mapped = new VirtualAddress(test.CallNow("MmMapLockedPagesSpecifyCache", mdl, 0, 1, 0, 0, 16));
        test.Memory.WriteByte(mapped + 0x1FFF, 1);
        test.CallNow("MmUnmapLockedPages", mapped.Value, mdl);
        test.CallNow("MmFreePagesFromMdl", mdl);
        Assert.Equal(0x4Eu, test.RunToBugCheck(async _ => await test.Call("MmFreePagesFromMdl", mdl)).Code);
    }

    [Theory]
    [InlineData(0xFFFUL, 2UL, 2UL)]
    [InlineData(0x1000UL, 0x1000UL, 1UL)]
    public void An_mdl_has_one_number_for_each_page_that_the_buffer_touches(ulong start, ulong length, ulong pages)
    {
        using var test = KernelTest.Boot();
        Assert.Equal((ulong)Mdl.SizeOf(test.Memory.Layout) + (8 * pages), test.CallNow("MmSizeOfMdl", start, length));
    }

    [Fact]
    public void Protecting_a_mapping_needs_a_mapping()
    {
        using var test = KernelTest.Boot();
        var mdl = test.CallNow("MmAllocatePagesForMdl", 0, ulong.MaxValue, 0, 0x1000);
        Assert.Equal(NtStatus.NotMappedView, test.Status("MmProtectMdlSystemAddress", mdl, 4));
        test.CallNow("MmMapLockedPagesSpecifyCache", mdl, 0, 1, 0, 0, 16);
        Assert.Equal(NtStatus.Success, test.Status("MmProtectMdlSystemAddress", mdl, 4));
        Assert.IsType<MachineStop.Unsupported>(test.RunToStop(async _ => await test.Call("MmProtectMdlSystemAddress", mdl, 2)));
    }
}
