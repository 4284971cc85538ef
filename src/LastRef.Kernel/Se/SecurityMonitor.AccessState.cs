using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Access states, which drivers make to open files by pointer.</summary>
internal sealed partial class SecurityMonitor
{
    /// <summary>AUX_ACCESS_DATA: PrivilegesUsed 0, GenericMapping 8, AccessesToAudit 18, MaximumAuditMask 1C (public headers).</summary>
    private const int MappingOffset = 8;

    private const int AuxiliaryDataOffset = 0x48;

    /// <summary>Fills an access state with who asks and for what; what is generic becomes the type's own.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "SeCreateAccessState, ReactOS kernel interface; ACCESS_STATE, WDK reference")]
    internal NtStatus SeCreateAccessState(AccessState accessState, VirtualAddress auxData, uint access, VirtualAddress genericMapping)
    {
        const uint maximumAllowed = 0x0200_0000;
        Memory.Clear(accessState.Address, AccessState.SizeOf(Memory.Layout));
        SeCaptureSubjectContext(accessState.SubjectSecurityContext);
        var mapped = genericMapping.IsNull ? access : Map(access, genericMapping);
        accessState.SetOriginalDesiredAccess(Memory, mapped);
        accessState.SetRemainingDesiredAccess(Memory, mapped);
        if ((mapped & maximumAllowed) != 0)
            accessState.SetRemainingDesiredAccess(Memory, mapped & ~maximumAllowed);
        Memory.WritePointer(accessState.Address + AuxiliaryDataOffset, auxData);
        if (!genericMapping.IsNull)
        {
            for (var i = 0; i < 4; i++)
                Memory.WriteUInt32(auxData + MappingOffset + (4 * i), Memory.ReadUInt32(genericMapping + (4 * i)));
        }

        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "SeDeleteAccessState, ReactOS kernel interface")]
    internal GuestTask SeDeleteAccessState(AccessState accessState) => SeReleaseSubjectContext(accessState.SubjectSecurityContext);

    /// <summary>GENERIC_MAPPING: read 0, write 4, execute 8, all C.</summary>
    private uint Map(uint access, VirtualAddress genericMapping)
    {
        var mapped = access & 0x0FFF_FFFF;
        for (var i = 0; i < 4; i++)
        {
            if ((access & (0x8000_0000 >> i)) != 0)
                mapped |= Memory.ReadUInt32(genericMapping + (4 * i));
        }

        return mapped;
    }
}
