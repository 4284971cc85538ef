using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Security descriptors in memory: making, reading and copying them.</summary>
/// <remarks>Doc: the pages of the Rtl routines, WDK; SECURITY_DESCRIPTOR and SECURITY_DESCRIPTOR_RELATIVE.</remarks>
internal sealed partial class SecurityMonitor
{
    private const byte DescriptorRevision = 1;
    private const int AbsoluteBytes = 0x28;
    private const int RelativeBytes = 0x14;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlCreateSecurityDescriptor, WDK reference")]
    internal NtStatus RtlCreateSecurityDescriptor(VirtualAddress securityDescriptor, uint revision)
    {
        if (revision != DescriptorRevision)
            return NtStatus.UnknownRevision;
        Memory.Clear(securityDescriptor, AbsoluteBytes);
        Memory.WriteByte(securityDescriptor, DescriptorRevision);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlSetDaclSecurityDescriptor, WDK reference")]
    internal NtStatus RtlSetDaclSecurityDescriptor(SecurityDescriptor securityDescriptor, NtBoolean daclPresent, Acl? dacl, NtBoolean daclDefaulted)
    {
        var status = CheckAbsolute(securityDescriptor);
        if (!status.IsSuccess)
            return status;
        SetFlag(securityDescriptor, SecurityDescriptorControl.DaclPresent, daclPresent);
        if (!daclPresent)
            return NtStatus.Success;
        securityDescriptor.SetDacl(Memory, dacl);
        SetFlag(securityDescriptor, SecurityDescriptorControl.DaclDefaulted, daclDefaulted);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlSetOwnerSecurityDescriptor, WDK reference")]
    internal NtStatus RtlSetOwnerSecurityDescriptor(SecurityDescriptor securityDescriptor, VirtualAddress owner, NtBoolean ownerDefaulted)
    {
        var status = CheckAbsolute(securityDescriptor);
        if (!status.IsSuccess)
            return status;
        securityDescriptor.SetOwner(Memory, owner);
        SetFlag(securityDescriptor, SecurityDescriptorControl.OwnerDefaulted, ownerDefaulted);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlSetGroupSecurityDescriptor, WDK reference")]
    internal NtStatus RtlSetGroupSecurityDescriptor(SecurityDescriptor securityDescriptor, VirtualAddress group, NtBoolean groupDefaulted)
    {
        var status = CheckAbsolute(securityDescriptor);
        if (!status.IsSuccess)
            return status;
        securityDescriptor.SetGroup(Memory, group);
        SetFlag(securityDescriptor, SecurityDescriptorControl.GroupDefaulted, groupDefaulted);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlGetDaclSecurityDescriptor, WDK reference")]
    internal NtStatus RtlGetDaclSecurityDescriptor(
        SecurityDescriptor securityDescriptor, Out<NtBoolean> daclPresent, Out<VirtualAddress> dacl, Out<NtBoolean> daclDefaulted) =>
        GetAcl(securityDescriptor, PartsOf(securityDescriptor).Dacl, SecurityDescriptorControl.DaclPresent, SecurityDescriptorControl.DaclDefaulted,
            daclPresent, dacl, daclDefaulted);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlGetSaclSecurityDescriptor, WDK reference")]
    internal NtStatus RtlGetSaclSecurityDescriptor(
        SecurityDescriptor securityDescriptor, Out<NtBoolean> saclPresent, Out<VirtualAddress> sacl, Out<NtBoolean> saclDefaulted) =>
        GetAcl(securityDescriptor, PartsOf(securityDescriptor).Sacl, SecurityDescriptorControl.SaclPresent, SecurityDescriptorControl.SaclDefaulted,
            saclPresent, sacl, saclDefaulted);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlGetOwnerSecurityDescriptor, WDK reference")]
    internal NtStatus RtlGetOwnerSecurityDescriptor(SecurityDescriptor securityDescriptor, Out<VirtualAddress> owner, Out<NtBoolean> ownerDefaulted)
    {
        if (securityDescriptor.Revision != DescriptorRevision)
            return NtStatus.UnknownRevision;
        owner.Set(Memory, PartsOf(securityDescriptor).Owner);
        ownerDefaulted.Set(Memory, (securityDescriptor.Control & SecurityDescriptorControl.OwnerDefaulted) != 0);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlGetGroupSecurityDescriptor, WDK reference")]
    internal NtStatus RtlGetGroupSecurityDescriptor(SecurityDescriptor securityDescriptor, Out<VirtualAddress> group, Out<NtBoolean> groupDefaulted)
    {
        if (securityDescriptor.Revision != DescriptorRevision)
            return NtStatus.UnknownRevision;
        group.Set(Memory, PartsOf(securityDescriptor).Group);
        groupDefaulted.Set(Memory, (securityDescriptor.Control & SecurityDescriptorControl.GroupDefaulted) != 0);
        return NtStatus.Success;
    }

    /// <returns>Bytes of the descriptor and its parts, each rounded up to four.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlLengthSecurityDescriptor, WDK reference")]
    internal uint RtlLengthSecurityDescriptor(SecurityDescriptor securityDescriptor) =>
        (uint)((IsRelative(securityDescriptor) ? RelativeBytes : AbsoluteBytes) + PartBytes(PartsOf(securityDescriptor)));

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlValidSecurityDescriptor, WDK reference")]
    internal NtBoolean RtlValidSecurityDescriptor(SecurityDescriptor securityDescriptor)
    {
        if (securityDescriptor.Revision != DescriptorRevision)
            return false;
        var (owner, group, sacl, dacl) = PartsOf(securityDescriptor);
        return IsValidSidOrNull(owner) && IsValidSidOrNull(group) && IsValidAclOrNull(sacl) && IsValidAclOrNull(dacl);
    }

    /// <summary>Copies an absolute descriptor with its parts into one block.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlAbsoluteToSelfRelativeSD, WDK reference")]
    internal NtStatus RtlAbsoluteToSelfRelativeSD(
        SecurityDescriptor absoluteSecurityDescriptor, VirtualAddress selfRelativeSecurityDescriptor, Out<uint> bufferLength)
    {
        if (IsRelative(absoluteSecurityDescriptor))
            return NtStatus.BadDescriptorFormat;
        var image = ToRelative(absoluteSecurityDescriptor);
        var room = bufferLength.Get(Memory);
        bufferLength.Set(Memory, (uint)image.Length);
        if (room < image.Length)
            return NtStatus.BufferTooSmall;
        Memory.Write(selfRelativeSecurityDescriptor, image);
        return NtStatus.Success;
    }

    /// <summary>Copies a descriptor into one block of pool; a kernel caller's may be used as it is.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "SeCaptureSecurityDescriptor, exported and undocumented; its counterpart is SeReleaseSecurityDescriptor")]
    internal NtStatus SeCaptureSecurityDescriptor(
        SecurityDescriptor? originalSecurityDescriptor, sbyte currentMode, PoolType poolType, NtBoolean captureIfKernel,
        Out<VirtualAddress> capturedSecurityDescriptor)
    {
        if (originalSecurityDescriptor is not { } original)
        {
            capturedSecurityDescriptor.Set(Memory, VirtualAddress.Null);
            return NtStatus.Success;
        }

        if (currentMode == 0 && !captureIfKernel)
        {
            capturedSecurityDescriptor.Set(Memory, original.Address);
            return NtStatus.Success;
        }

        if (original.Revision != DescriptorRevision)
            return NtStatus.UnknownRevision;
        if (!RtlValidSecurityDescriptor(original))
            return NtStatus.InvalidSecurityDescr;
        var image = ToRelative(original);
        var copy = _kernel.Ex.AllocateForDriver(paged: ((uint)poolType & 1) != 0, (ulong)image.Length, PoolTags.Of("SeSc"));
        Memory.Write(copy, image);
        capturedSecurityDescriptor.Set(Memory, copy);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "SeReleaseSecurityDescriptor, exported and undocumented: frees what SeCaptureSecurityDescriptor copied")]
    internal void SeReleaseSecurityDescriptor(VirtualAddress capturedSecurityDescriptor, sbyte currentMode, NtBoolean captureIfKernelMode)
    {
        if (!capturedSecurityDescriptor.IsNull && (currentMode != 0 || captureIfKernelMode))
            _kernel.Ex.ExFreePool(capturedSecurityDescriptor);
    }

    /// <summary>The addresses of a descriptor's parts, whichever form it has.</summary>
    private (VirtualAddress Owner, VirtualAddress Group, VirtualAddress Sacl, VirtualAddress Dacl) PartsOf(SecurityDescriptor descriptor)
    {
        var control = descriptor.Control;
        (VirtualAddress Owner, VirtualAddress Group, VirtualAddress Sacl, VirtualAddress Dacl) parts;
        if (IsRelative(descriptor))
        {
            var relative = new SecurityDescriptorRelative(Memory, descriptor.Address);
            VirtualAddress At(uint offset) => offset == 0 ? VirtualAddress.Null : descriptor.Address + offset;
            parts = (At(relative.Owner), At(relative.Group), At(relative.Sacl), At(relative.Dacl));
        }
        else
        {
            parts = (descriptor.Owner, descriptor.Group, descriptor.Sacl?.Address ?? VirtualAddress.Null, descriptor.Dacl?.Address ?? VirtualAddress.Null);
        }

        if ((control & SecurityDescriptorControl.SaclPresent) == 0)
            parts.Sacl = VirtualAddress.Null;
        if ((control & SecurityDescriptorControl.DaclPresent) == 0)
            parts.Dacl = VirtualAddress.Null;
        return parts;
    }

    /// <summary>The self-relative form: the lists first, then owner and group.</summary>
    private byte[] ToRelative(SecurityDescriptor descriptor)
    {
        var (owner, group, sacl, dacl) = PartsOf(descriptor);
        var image = new byte[RelativeBytes + PartBytes((owner, group, sacl, dacl))];
        image[0] = DescriptorRevision;
        image[1] = descriptor.Sbz1;
        BitConverter.TryWriteBytes(image.AsSpan(2), (ushort)(descriptor.Control | SecurityDescriptorControl.SelfRelative));
        var offset = RelativeBytes;
        foreach (var (part, field, bytes) in new[]
        {
            (sacl, 0xC, AclBytes(sacl)), (dacl, 0x10, AclBytes(dacl)), (owner, 4, SidBytes(owner)), (group, 8, SidBytes(group)),
        })
        {
            if (part.IsNull)
                continue;
            BitConverter.TryWriteBytes(image.AsSpan(field), offset);
            Memory.Read(part, image.AsSpan(offset, bytes));
            offset += (bytes + 3) & ~3;
        }

        return image;
    }

    private int PartBytes((VirtualAddress Owner, VirtualAddress Group, VirtualAddress Sacl, VirtualAddress Dacl) parts) =>
        ((SidBytes(parts.Owner) + 3) & ~3) + ((SidBytes(parts.Group) + 3) & ~3) + ((AclBytes(parts.Sacl) + 3) & ~3) + ((AclBytes(parts.Dacl) + 3) & ~3);

    private NtStatus GetAcl(
        SecurityDescriptor descriptor, VirtualAddress list, SecurityDescriptorControl presentFlag, SecurityDescriptorControl defaultedFlag,
        Out<NtBoolean> present, Out<VirtualAddress> result, Out<NtBoolean> defaulted)
    {
        if (descriptor.Revision != DescriptorRevision)
            return NtStatus.UnknownRevision;
        var isPresent = (descriptor.Control & presentFlag) != 0;
        present.Set(Memory, isPresent);
        if (!isPresent)
            return NtStatus.Success;
        result.Set(Memory, list);
        defaulted.Set(Memory, (descriptor.Control & defaultedFlag) != 0);
        return NtStatus.Success;
    }

    private static NtStatus CheckAbsolute(SecurityDescriptor descriptor)
    {
        if (descriptor.Revision != DescriptorRevision)
            return NtStatus.UnknownRevision;
        return IsRelative(descriptor) ? NtStatus.InvalidSecurityDescr : NtStatus.Success;
    }

    private void SetFlag(SecurityDescriptor descriptor, SecurityDescriptorControl flag, bool value) =>
        descriptor.SetControl(Memory, value ? descriptor.Control | flag : descriptor.Control & ~flag);

    private static bool IsRelative(SecurityDescriptor descriptor) => (descriptor.Control & SecurityDescriptorControl.SelfRelative) != 0;
}
