using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Identifiers, lists and descriptors, as drivers build them to protect a device.</summary>
public sealed class SecurityDescriptorTests
{
    private const int SidBytes = 0x10; // S-1-5-32-544: 8 and two sub-authorities
    private const int AceBytes = 8 + SidBytes;

    [Fact]
    public void An_identifier_is_built_measured_copied_and_compared()
    {
        using var test = KernelTest.Boot();
        var sid = Administrators(test);
        Assert.Equal((uint)SidBytes, (uint)test.CallNow("RtlLengthSid", sid));
        Assert.Equal(8u + (4 * 15), (uint)test.CallNow("RtlLengthRequiredSid", 15));
        Assert.True(test.Boolean("RtlValidSid", sid));
        Assert.Equal(2, test.Memory.ReadByte(new VirtualAddress(test.CallNow("RtlSubAuthorityCountSid", sid))));
        Assert.Equal([1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0], Read(test, sid, SidBytes));

        var copy = test.Allocate(SidBytes);
        Assert.Equal(NtStatus.BufferTooSmall, test.Status("RtlCopySid", SidBytes - 1, copy.Value, sid));
        Assert.Equal(NtStatus.Success, test.Status("RtlCopySid", SidBytes, copy.Value, sid));
        Assert.True(test.Boolean("RtlEqualSid", sid, copy.Value));
        test.Memory.WriteUInt32(copy + 12, 545);
        Assert.False(test.Boolean("RtlEqualSid", sid, copy.Value));
        test.Memory.WriteByte(copy, 2);
        Assert.False(test.Boolean("RtlValidSid", copy.Value));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("RtlInitializeSid", copy.Value, test.Bytes("\0\0\0\0\0\u0005"), 16));
    }

    [Fact]
    public void A_list_takes_entries_until_it_is_full()
    {
        using var test = KernelTest.Boot();
        var sid = Administrators(test);
        var acl = test.Allocate(64).Value;
        Assert.Equal(NtStatus.BufferTooSmall, test.Status("RtlCreateAcl", acl, 7, 2));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("RtlCreateAcl", acl, 64, 1));
        Assert.Equal(NtStatus.Success, test.Status("RtlCreateAcl", acl, 8 + (2 * AceBytes), 2));
        Assert.Equal(NtStatus.Success, test.Status("RtlAddAccessAllowedAce", acl, 2, 0x1F01FF, sid));
        Assert.Equal(NtStatus.Success, test.Status("RtlAddAccessAllowedAceEx", acl, 2, 3, 0x120089, sid));
        Assert.Equal(NtStatus.AllottedSpaceExceeded, test.Status("RtlAddAccessAllowedAce", acl, 2, 1, sid));
        var found = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("RtlGetAce", acl, 1, found.Value));
        Assert.Equal(acl + 8 + AceBytes, test.Value(found));
        Assert.Equal([0, 3, AceBytes, 0, 0x89, 0, 0x12, 0, .. Read(test, sid, SidBytes)], Read(test, test.Value(found), AceBytes));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("RtlGetAce", acl, 2, found.Value));
        Assert.Equal(NtStatus.InvalidSid, test.Status("RtlAddAccessAllowedAce", acl, 2, 1, test.Allocate(SidBytes).Value));
    }

    [Fact]
    public void An_absolute_descriptor_points_at_its_parts()
    {
        using var test = KernelTest.Boot();
        var (sid, acl, descriptor) = (Administrators(test), List(test), test.Allocate(0x28).Value);
        var (value, flag, flag2) = (test.Allocate(8), test.Allocate(1), test.Allocate(1));
        Assert.Equal(NtStatus.UnknownRevision, test.Status("RtlCreateSecurityDescriptor", descriptor, 2));
        Assert.Equal(NtStatus.Success, test.Status("RtlCreateSecurityDescriptor", descriptor, 1));
        Assert.Equal(0x28u, (uint)test.CallNow("RtlLengthSecurityDescriptor", descriptor));
        Assert.Equal(NtStatus.Success, test.Status("RtlGetDaclSecurityDescriptor", descriptor, flag.Value, value.Value, flag2.Value));
        Assert.Equal(0, test.Memory.ReadByte(flag));

        Assert.Equal(NtStatus.Success, test.Status("RtlSetDaclSecurityDescriptor", descriptor, 1, acl, 0));
        Assert.Equal(NtStatus.Success, test.Status("RtlSetOwnerSecurityDescriptor", descriptor, sid, 1));
        Assert.Equal(NtStatus.Success, test.Status("RtlSetGroupSecurityDescriptor", descriptor, sid, 0));
        Assert.Equal((uint)(0x28 + 8 + AceBytes + SidBytes + SidBytes), (uint)test.CallNow("RtlLengthSecurityDescriptor", descriptor));
        Assert.True(test.Boolean("RtlValidSecurityDescriptor", descriptor));

        Assert.Equal(NtStatus.Success, test.Status("RtlGetDaclSecurityDescriptor", descriptor, flag.Value, value.Value, flag2.Value));
        Assert.Equal((1, acl, 0), (test.Memory.ReadByte(flag), test.Value(value), test.Memory.ReadByte(flag2)));
        Assert.Equal(NtStatus.Success, test.Status("RtlGetOwnerSecurityDescriptor", descriptor, value.Value, flag.Value));
        Assert.Equal((sid, 1), (test.Value(value), test.Memory.ReadByte(flag)));
        Assert.Equal(NtStatus.Success, test.Status("RtlGetGroupSecurityDescriptor", descriptor, value.Value, flag.Value));
        Assert.Equal((sid, 0), (test.Value(value), test.Memory.ReadByte(flag)));
        Assert.Equal(NtStatus.Success, test.Status("RtlGetSaclSecurityDescriptor", descriptor, flag.Value, value.Value, flag2.Value));
        Assert.Equal(0, test.Memory.ReadByte(flag));
    }

    [Fact]
    public void The_self_relative_form_holds_its_parts_by_offset_and_cannot_be_changed()
    {
        using var test = KernelTest.Boot();
        var descriptor = Descriptor(test);
        var (relative, length, value, flag) = (test.Allocate(0x80), test.Allocate(4), test.Allocate(8), test.Allocate(1));
        const uint needed = 0x14 + 8 + AceBytes + SidBytes;
        Assert.Equal(NtStatus.BufferTooSmall, test.Status("RtlAbsoluteToSelfRelativeSD", descriptor, relative.Value, length.Value));
        Assert.Equal(needed, test.Memory.ReadUInt32(length));
        Assert.Equal(NtStatus.Success, test.Status("RtlAbsoluteToSelfRelativeSD", descriptor, relative.Value, length.Value));
        Assert.Equal(0x8004, test.Memory.ReadUInt16(relative + 2)); // SE_SELF_RELATIVE | SE_DACL_PRESENT
        Assert.Equal(needed, (uint)test.CallNow("RtlLengthSecurityDescriptor", relative.Value));
        Assert.Equal(NtStatus.Success, test.Status("RtlGetOwnerSecurityDescriptor", relative.Value, value.Value, flag.Value));
        Assert.InRange(test.Value(value), relative.Value + 0x14, relative.Value + needed - SidBytes);
        Assert.True(test.Boolean("RtlEqualSid", test.Value(value), Administrators(test)));
        Assert.Equal(NtStatus.InvalidSecurityDescr, test.Status("RtlSetDaclSecurityDescriptor", relative.Value, 1, 0, 0));
        Assert.Equal(NtStatus.BadDescriptorFormat, test.Status("RtlAbsoluteToSelfRelativeSD", relative.Value, test.Allocate(0x80).Value, length.Value));
    }

    [Fact]
    public void A_captured_descriptor_is_a_copy_in_pool()
    {
        using var test = KernelTest.Boot();
        var descriptor = Descriptor(test);
        var captured = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("SeCaptureSecurityDescriptor", descriptor, 0, 1, 0, captured.Value));
        Assert.Equal(descriptor, test.Value(captured)); // the kernel's own may be used as it is
        Assert.Equal(NtStatus.Success, test.Status("SeCaptureSecurityDescriptor", descriptor, 0, 1, 1, captured.Value));
        var copy = new VirtualAddress(test.Value(captured));
        Assert.NotEqual(descriptor, copy.Value);
        Assert.True(test.Boolean("RtlValidSecurityDescriptor", copy.Value));
        Assert.NotNull(test.Kernel.Ex.PagedPool.Find(copy));
        test.CallNow("SeReleaseSecurityDescriptor", copy.Value, 0, 1);
        Assert.True(test.Kernel.Ex.PagedPool.WasFreed(copy));
        Assert.Equal(NtStatus.Success, test.Status("SeCaptureSecurityDescriptor", 0, 0, 1, 1, captured.Value));
        Assert.Equal(0UL, test.Value(captured));
        test.Memory.WriteByte(new VirtualAddress(descriptor), 3);
        Assert.Equal(NtStatus.UnknownRevision, test.Status("SeCaptureSecurityDescriptor", descriptor, 0, 1, 1, captured.Value));
    }

    [Fact]
    public void ZwSetSecurityObject_refuses_a_handle_or_descriptor_that_is_none()
    {
        using var test = KernelTest.Boot();
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("ZwCreateDirectoryObject", handle.Value, 0xF000F, test.Attributes(@"\Guarded")));
        Assert.Equal(NtStatus.Success, test.Status("ZwSetSecurityObject", test.Value(handle), 4, Descriptor(test)));
        Assert.Equal(NtStatus.Success, test.Status("NtSetSecurityObject", test.Value(handle), 4, Descriptor(test)));
        Assert.Equal(NtStatus.InvalidHandle, test.Status("ZwSetSecurityObject", 0x7770, 4, Descriptor(test)));
        Assert.Equal(NtStatus.InvalidSecurityDescr, test.Status("ZwSetSecurityObject", test.Value(handle), 4, test.Allocate(0x28).Value));
    }

    private static ulong Descriptor(KernelTest test)
    {
        var descriptor = test.Allocate(0x28).Value;
        Assert.Equal(NtStatus.Success, test.Status("RtlCreateSecurityDescriptor", descriptor, 1));
        Assert.Equal(NtStatus.Success, test.Status("RtlSetDaclSecurityDescriptor", descriptor, 1, List(test), 0));
        Assert.Equal(NtStatus.Success, test.Status("RtlSetOwnerSecurityDescriptor", descriptor, Administrators(test), 0));
        return descriptor;
    }

    private static ulong List(KernelTest test)
    {
        var acl = test.Allocate(8 + AceBytes).Value;
        Assert.Equal(NtStatus.Success, test.Status("RtlCreateAcl", acl, 8 + AceBytes, 2));
        Assert.Equal(NtStatus.Success, test.Status("RtlAddAccessAllowedAce", acl, 2, 0x1F01FF, Administrators(test)));
        return acl;
    }

    private static ulong Administrators(KernelTest test)
    {
        var sid = test.Allocate(SidBytes).Value;
        Assert.Equal(NtStatus.Success, test.Status("RtlInitializeSid", sid, test.Bytes("\0\0\0\0\0\u0005"), 2));
        test.Memory.WriteUInt32(new VirtualAddress(test.CallNow("RtlSubAuthoritySid", sid, 0)), 32);
        test.Memory.WriteUInt32(new VirtualAddress(test.CallNow("RtlSubAuthoritySid", sid, 1)), 544);
        return sid;
    }

    private static byte[] Read(KernelTest test, ulong address, int count)
    {
        var bytes = new byte[count];
        test.Memory.Read(new VirtualAddress(address), bytes);
        return bytes;
    }
}
