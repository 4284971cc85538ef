using LastRef.Cpu;
using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Buffers from user mode, and locked pages mapped the old way.</summary>
public sealed class ProbeTests
{
    private const uint UnhandledException = 0x7E, AccessViolation = 0xC000_0005, DatatypeMisalignment = 0x8000_0002;

    [Fact]
    public void A_writable_user_buffer_passes_and_keeps_its_bytes()
    {
        using var test = KernelTest.Boot();
        var buffer = test.Kernel.Mm.AllocateUser(test.Kernel.Ps.CreateProcess("app.exe"), 0x2000);
        test.Memory.WriteUInt64(buffer + 0xFFC, 0x1122_3344_5566_7788);
        test.CallNow("ProbeForWrite", buffer.Value, 0x2000, 4);
        Assert.Equal(0x1122_3344_5566_7788UL, test.Value(buffer + 0xFFC));
        test.CallNow("ProbeForWrite", 0xFFFF_8000_0000_0000, 0, 1); // of no length, wherever it is
    }

    [Theory]
    [InlineData("ProbeForWrite")]
    [InlineData("ProbeForRead")]
    public void A_kernel_address_a_wrapping_length_and_a_crooked_one_raise(string routine)
    {
        foreach (var (address, length, alignment, code) in new[]
        {
            (0xFFFF_8A00_0000_0000UL, 8UL, 1UL, AccessViolation),
            (0x0000_7FFF_FFFE_FFF8UL, 0x10UL, 1UL, AccessViolation),
            (0x1000UL, ulong.MaxValue, 1UL, AccessViolation),
            (0x1001UL, 4UL, 4UL, DatatypeMisalignment),
        })
        {
            using var test = KernelTest.Boot();
            var stop = test.RunToBugCheck(async _ => await test.Call(routine, address, length, alignment));
            Assert.Equal((UnhandledException, code), (stop.Code, (uint)stop.Parameter1));
        }
    }

    [Fact]
    public void A_page_that_is_read_only_is_found_wherever_it_lies_in_the_buffer()
    {
        using var test = KernelTest.Boot();
        var buffer = test.Kernel.Mm.AllocateUser(test.Kernel.Ps.CreateProcess("app.exe"), 0x3000);
        test.Kernel.Guest.Protect((buffer + 0x2000).Value, 0x1000, PageAccess.Read);
        test.CallNow("ProbeForWrite", buffer.Value, 0x2000, 1);
        var stop = test.RunToBugCheck(async _ => await test.Call("ProbeForWrite", buffer.Value, 0x2001, 1));
        Assert.Equal(AccessViolation, (uint)stop.Parameter1);
    }

    [Fact]
    public void The_old_name_maps_locked_pages_too()
    {
        using var test = KernelTest.Boot();
        var buffer = test.Allocate(0x1000);
        var mdl = test.CallNow("IoAllocateMdl", buffer.Value, 0x100, 0, 0, 0);
        test.CallNow("MmProbeAndLockPages", mdl, 0, 1);
        var mapped = new VirtualAddress(test.CallNow("MmMapLockedPages", mdl, 0));
        Assert.NotEqual(buffer, mapped);
        test.Memory.WriteUInt32(mapped, 0xCAFE);
        Assert.Equal(0xCAFEu, test.Memory.ReadUInt32(buffer));
        test.CallNow("MmUnmapLockedPages", mapped.Value, mdl);
        Assert.False(test.Memory.TryRead(mapped, new byte[1], out _));
        test.CallNow("MmUnlockPages", mdl);
        test.CallNow("IoFreeMdl", mdl);
    }
}
