using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Tokens by handle, and what they say.</summary>
public sealed class TokenTests
{
    private const ulong CurrentProcess = ulong.MaxValue, CurrentThread = ulong.MaxValue - 1;

    [Theory]
    [InlineData("ZwOpenProcessTokenEx")]
    [InlineData("NtOpenProcessTokenEx")]
    public void A_handle_holds_the_token_of_the_process(string routine)
    {
        using var test = KernelTest.Boot();
        var token = new VirtualAddress(test.CallNow("PsReferencePrimaryToken", test.Kernel.Ps.SystemProcess.Value));
        var (handle, before) = (test.Allocate(8), test.PointerCount(token));
        Assert.Equal(NtStatus.Success, test.Status(routine, CurrentProcess, 8, 0x200, handle.Value));
        Assert.Equal(1, test.Kernel.Ob.HeaderOf(token).HandleCount);
        Assert.Equal(NtStatus.Success, test.Status("ZwClose", test.Value(handle)));
        Assert.Equal((before, 0L), (test.PointerCount(token), test.Kernel.Ob.HeaderOf(token).HandleCount));
        Assert.Equal(NtStatus.InvalidHandle, test.Status(routine, 0x7770, 8, 0, handle.Value));
    }

    [Theory]
    [InlineData("ZwOpenThreadTokenEx")]
    [InlineData("NtOpenThreadTokenEx")]
    public void A_thread_that_impersonates_nobody_has_no_token(string routine)
    {
        using var test = KernelTest.Boot();
        Assert.Equal(NtStatus.NoToken, test.Status(routine, CurrentThread, 8, 1, 0, test.Allocate(8).Value));
        Assert.Equal(NtStatus.InvalidHandle, test.Status(routine, 0x7770, 8, 1, 0, test.Allocate(8).Value));
    }

    [Theory]
    [InlineData("ZwOpenProcessToken", "ZwQueryInformationToken")]
    [InlineData("NtOpenProcessToken", "NtQueryInformationToken")]
    public void The_user_is_LocalSystem_in_text_too(string open, string query)
    {
        using var test = KernelTest.Boot();
        var (handle, buffer, length) = (test.Allocate(8), test.Allocate(0x40), test.Allocate(4));
        Assert.Equal(NtStatus.Success, test.Status(open, CurrentProcess, 8, handle.Value));
        Assert.Equal(NtStatus.BufferTooSmall, test.Status(query, test.Value(handle), 1, buffer.Value, 4, length.Value));
        Assert.Equal(0x1Cu, test.Memory.ReadUInt32(length));
        Assert.Equal(NtStatus.Success, test.Status(query, test.Value(handle), 1, buffer.Value, 0x40, length.Value));
        var sid = test.Value(buffer);
        Assert.Equal(buffer.Value + 0x10, sid);
        var text = test.Allocate(16).Value;
        Assert.Equal(NtStatus.Success, test.Status("RtlConvertSidToUnicodeString", text, sid, 1));
        Assert.Equal("S-1-5-18", test.Read(text));
        test.CallNow("RtlFreeUnicodeString", text);
        Assert.Equal(NtStatus.BufferOverflow, test.Status("RtlConvertSidToUnicodeString", test.Room(8), sid, 0));
    }

    [Fact]
    public void Sids_are_written_with_all_their_parts()
    {
        using var test = KernelTest.Boot();
        var sid = test.Allocate(0x40);
        test.Memory.Write(sid, [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0]);
        var room = test.Room(64);
        Assert.Equal(NtStatus.Success, test.Status("RtlConvertSidToUnicodeString", room, sid.Value, 0));
        Assert.Equal("S-1-5-32-544", test.Read(room));
        test.Memory.Write(sid, [1, 0, 1, 0, 0, 0, 0, 0]);
        Assert.Equal(NtStatus.Success, test.Status("RtlConvertSidToUnicodeString", room, sid.Value, 0));
        Assert.Equal("S-1-0x010000000000", test.Read(room));
        test.Memory.WriteByte(sid, 9);
        Assert.Equal(NtStatus.InvalidSid, test.Status("RtlConvertSidToUnicodeString", room, sid.Value, 0));
    }

    [Fact]
    public void A_token_is_asked_without_a_handle()
    {
        using var test = KernelTest.Boot();
        var token = test.CallNow("PsReferencePrimaryToken", test.Kernel.Ps.SystemProcess.Value);
        var result = test.Allocate(8);
        Assert.True(test.Boolean("SeTokenIsAdmin", token));
        Assert.Equal(NtStatus.Success, test.Status("SeQueryAuthenticationIdToken", token, result.Value));
        Assert.Equal(0x3E7UL, test.Value(result)); // SYSTEM_LUID
        Assert.Equal(NtStatus.Success, test.Status("SeQueryInformationToken", token, 10, result.Value));
        var statistics = new VirtualAddress(test.Value(result));
        Assert.Equal((0x3E7UL, 1u), (test.Value(statistics + 8), test.Memory.ReadUInt32(statistics + 0x18)));
        test.CallNow("ExFreePoolWithTag", statistics.Value, 0);
        Assert.True(test.Kernel.Ex.PagedPool.WasFreed(statistics));
        Assert.Equal(NtStatus.Success, test.Status("SeQueryInformationToken", token, 20, result.Value));
        Assert.Equal(1u, test.Memory.ReadUInt32(new VirtualAddress(test.Value(result)))); // elevated
        test.Memory.WriteUInt64(result, ulong.MaxValue);
        Assert.Equal(NtStatus.Success, test.Status("SeQueryInformationToken", token, 12, result.Value));
        Assert.Equal(0xFFFF_FFFF_0000_0000, test.Value(result)); // the session, in place of a pointer
        var stop = Assert.IsType<MachineStop.Unsupported>(test.RunToStop(async _ => await test.Call("SeQueryInformationToken", token, 2, result.Value)));
        Assert.Equal("SeQueryInformationToken with class 2", stop.Name);
    }
}
