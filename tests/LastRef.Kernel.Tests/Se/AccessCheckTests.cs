using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Tokens, subjects and what they may.</summary>
public sealed class AccessCheckTests
{
    private const uint MaximumAllowed = 0x0200_0000;

    [Fact]
    public void A_subject_holds_the_token_of_its_process_until_it_is_released()
    {
        using var test = KernelTest.Boot();
        var token = test.CallNow("PsReferencePrimaryToken", test.Kernel.Ps.SystemProcess.Value);
        var before = test.PointerCount(new VirtualAddress(token));
        Assert.Equal(1, test.Int("SeTokenType", token)); // TokenPrimary
        var subject = new SecuritySubjectContext(test.Memory, test.Allocate(SecuritySubjectContext.SizeOf(test.Memory.Layout)));
        test.CallNow("SeCaptureSubjectContext", subject.Address.Value);
        Assert.Equal((token, 0UL), (subject.PrimaryToken.Value, subject.ClientToken.Value));
        Assert.Equal(before + 1, test.PointerCount(new VirtualAddress(token)));
        test.CallNow("SeLockSubjectContext", subject.Address.Value);
        test.CallNow("SeUnlockSubjectContext", subject.Address.Value);
        test.CallNow("SeReleaseSubjectContext", subject.Address.Value);
        Assert.Equal(before, test.PointerCount(new VirtualAddress(token)));
        test.CallNow("PsDereferencePrimaryToken", token);
        Assert.Equal(before - 1, test.PointerCount(new VirtualAddress(token)));
    }

    [Fact]
    public void A_client_context_holds_the_token_of_the_clients_process()
    {
        using var test = KernelTest.Boot();
        var token = test.CallNow("PsReferencePrimaryToken", test.Kernel.Ps.SystemProcess.Value);
        var before = test.PointerCount(new VirtualAddress(token));
        var (quality, context) = (test.Allocate(0xC), test.Allocate(0x48));
        test.Memory.Write(quality, [0xC, 0, 0, 0, 2, 0, 0, 0, 1, 1, 0, 0]); // SecurityImpersonation, dynamic, effective only
        test.Run(async thread =>
            Assert.Equal(0u, (uint)await test.Call("SeCreateClientSecurity", thread.Address.Value, quality.Value, 1, context.Value)));
        Assert.Equal((token, before + 1), (test.Value(context + 0x10), test.PointerCount(new VirtualAddress(token))));
        Assert.Equal((2u, 1, 1), (test.Memory.ReadUInt32(context + 4), test.Memory.ReadByte(context + 0x19), test.Memory.ReadByte(context + 0x1A)));
    }

    [Fact]
    public void Kernel_mode_is_granted_what_it_asks_for()
    {
        using var test = KernelTest.Boot();
        var (granted, status) = (test.Allocate(4), test.Allocate(4));
        var mapping = test.Allocate(0x10);
        test.Memory.WriteUInt32(mapping + 0xC, 0x1F01FF); // GENERIC_MAPPING.GenericAll
        Assert.True(test.Boolean("SeAccessCheck", 0, 0, 0, 0x3, 0x10, 0, mapping.Value, 0, granted.Value, status.Value));
        Assert.Equal((0x13u, 0u), (test.Memory.ReadUInt32(granted), test.Memory.ReadUInt32(status)));
        Assert.True(test.Boolean("SeAccessCheck", 0, 0, 0, MaximumAllowed, 0, 0, mapping.Value, 0, granted.Value, status.Value));
        Assert.Equal(0x1F01FFu, test.Memory.ReadUInt32(granted));
    }

    [Fact]
    public void A_check_for_user_mode_is_said_to_be_missing()
    {
        using var test = KernelTest.Boot();
        var stop = test.RunToStop(async _ => await test.Call("SeAccessCheck", 0, 0, 0, 3, 0, 0, 0, 1, 0, 0));
        Assert.IsType<MachineStop.Unsupported>(stop);
    }

    [Fact]
    public void Privileges_are_held_as_by_LocalSystem_until_one_is_taken_from_the_process()
    {
        const uint all = 1, usedForAccess = 0x8000_0000;
        const ulong debug = 20;
        using var test = KernelTest.Boot();
        var set = test.Allocate(0x20);
        test.Memory.WriteUInt32(set, 2);
        test.Memory.WriteUInt64(set + 8, SecurityMonitor.LoadDriverPrivilege);
        test.Memory.WriteUInt64(set + 20, debug);
        Assert.True(test.Boolean("SeSinglePrivilegeCheck", debug, 1));
        test.Kernel.Se.RemovePrivilege(test.Kernel.Ps.SystemProcess, debug);
        Assert.False(test.Boolean("SeSinglePrivilegeCheck", debug, 1));
        Assert.True(test.Boolean("SeSinglePrivilegeCheck", debug, 0)); // kernel mode is never asked
        Assert.True(test.Boolean("SePrivilegeCheck", set.Value, 0, 1)); // any of the two
        Assert.Equal((usedForAccess, 0u), (test.Memory.ReadUInt32(set + 16), test.Memory.ReadUInt32(set + 28)));
        test.Memory.WriteUInt32(set + 4, all);
        Assert.False(test.Boolean("SePrivilegeCheck", set.Value, 0, 1));
        Assert.True(test.Boolean("SePrivilegeCheck", set.Value, 0, 0));
    }

    [Fact]
    public void An_object_without_descriptor_gives_a_null_pointer_to_release()
    {
        using var test = KernelTest.Boot();
        var (descriptor, allocated) = (test.Allocate(8), test.Allocate(1));
        test.Memory.WriteUInt64(descriptor, 1);
        test.Memory.WriteByte(allocated, 1);
        Assert.Equal(
            NtStatus.Success, test.Status("ObGetObjectSecurity", test.Kernel.Ps.SystemProcess.Value, descriptor.Value, allocated.Value));
        Assert.Equal((0UL, 0), (test.Value(descriptor), test.Memory.ReadByte(allocated)));
        var block = test.Allocate(0x20);
        test.CallNow("ObReleaseObjectSecurity", block.Value, 0);
        Assert.False(test.Kernel.Ex.NonPagedPool.WasFreed(block));
        test.CallNow("ObReleaseObjectSecurity", block.Value, 1);
        Assert.True(test.Kernel.Ex.NonPagedPool.WasFreed(block));
    }
}
