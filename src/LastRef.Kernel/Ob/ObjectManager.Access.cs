using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>From handles and names to objects, with the checks that Windows makes on the way.</summary>
internal sealed partial class ObjectManager
{
    /// <summary>KPROCESSOR_MODE of the headers.</summary>
    private const sbyte KernelMode = 0;

    private const ulong CurrentProcessHandle = unchecked((ulong)-1);
    private const ulong CurrentThreadHandle = unchecked((ulong)-2);
    private const uint MaximumAllowed = 0x0200_0000;
    private const uint GenericAll = 0x1000_0000;

    /// <summary>GENERIC_MAPPING of the kinds that drivers open by generic rights: read, write, execute, all.</summary>
    /// <remarks>Doc: "Access Rights and Access Masks" and the pages of the types' access rights.</remarks>
    private static readonly (ObjectKind Kind, uint Read, uint Write, uint Execute, uint All)[] _genericMappings =
    [
        (ObjectKind.Key, 0x2_0019, 0x2_0006, 0x2_0019, 0xF_003F), (ObjectKind.Event, 0x2_0001, 0x2_0002, 0x12_0000, 0x1F_0003),
        (ObjectKind.Directory, 0x2_0003, 0x2_000C, 0x2_0003, 0xF_000F), (ObjectKind.SymbolicLink, 0x2_0001, 0x2_0000, 0x2_0001, 0xF_0001),
        (ObjectKind.Process, 0x2_0410, 0x2_0BEA, 0x12_1001, 0x1F_FFFF), (ObjectKind.Thread, 0x2_0048, 0x2_0437, 0x12_0800, 0x1F_FFFF),
        (ObjectKind.File, 0x12_0089, 0x12_0116, 0x12_00A0, 0x1F_01FF), (ObjectKind.Semaphore, 0x2_0001, 0x2_0002, 0x12_0000, 0x1F_0003),
        (ObjectKind.Mutant, 0x2_0001, 0x2_0000, 0x12_0000, 0x1F_0001), (ObjectKind.Section, 0x2_0005, 0x2_0002, 0x2_0008, 0xF_001F),
        (ObjectKind.Device, 0x12_0089, 0x12_0116, 0x12_00A0, 0x1F_01FF), (ObjectKind.Driver, 0x12_0089, 0x12_0116, 0x12_00A0, 0x1F_01FF),
        (ObjectKind.Token, 0x2_001A, 0x2_01E0, 0x2_0005, 0xF_01FF), (ObjectKind.Timer, 0x2_0001, 0x2_0002, 0x12_0000, 0x1F_0003),
    ];

    /// <summary>The access that a handle gets: generic rights as the type's own, MAXIMUM_ALLOWED as all of them.</summary>
    public uint MapAccess(ObjectKind kind, uint desiredAccess)
    {
        var mapped = desiredAccess & 0x01FF_FFFF;
        if (mapped == desiredAccess)
            return mapped;
        var (_, read, write, execute, all) = MappingOf(kind);
        if ((desiredAccess & 0x8000_0000) != 0)
            mapped |= read;
        if ((desiredAccess & 0x4000_0000) != 0)
            mapped |= write;
        if ((desiredAccess & 0x2000_0000) != 0)
            mapped |= execute;
        return (desiredAccess & (MaximumAllowed | GenericAll)) != 0 ? mapped | all : mapped;
    }

    /// <summary>The object of a handle in the current process's context; kernel callers are not held to a handle's access.</summary>
    /// <returns>INVALID_HANDLE when there is none, OBJECT_TYPE_MISMATCH when it is of another kind.</returns>
    public (NtStatus Status, VirtualAddress Body) Resolve(HandleValue handle, ObjectKind? kind)
    {
        var (status, body, _) = Resolve(handle, kind is { } k ? TypeAddress(k) : VirtualAddress.Null, 0, KernelMode);
        return (status, body);
    }

    /// <summary>The handle is null for the pseudo handles of the current process and thread.</summary>
    private (NtStatus Status, VirtualAddress Body, OpenHandle? Open) Resolve(HandleValue handle, VirtualAddress type, uint access, sbyte mode)
    {
        VirtualAddress body;
        OpenHandle? open = null;
        if (handle.Value is CurrentProcessHandle or CurrentThreadHandle)
            body = handle.Value == CurrentProcessHandle ? _kernel.Ps.CurrentProcess : _kernel.CurrentThread.Address;
        else
        {
            // A kernel handle means nothing to user mode (Doc: ObReferenceObjectByHandle).
            if (mode != KernelMode && (handle.Value & KernelHandleBits) == KernelHandleBits)
                return (NtStatus.InvalidHandle, default, null);
            open = FindHandle(_kernel.Ps.CurrentProcess, handle);
            if (open is not { } found)
                return (NtStatus.InvalidHandle, default, null);
            body = found.Body;
        }

        if (!type.IsNull && !IsOfType(body, type))
            return (NtStatus.ObjectTypeMismatch, default, null);
        if (mode != KernelMode && open is { } checkedHandle && (MapAccess(KindOf(body)!.Value, access) & ~checkedHandle.GrantedAccess) != 0)
            return (NtStatus.AccessDenied, default, null);
        return (NtStatus.Success, body, open);
    }

    /// <summary>A named object that no parse routine is asked for.</summary>
    /// <param name="type">The type wanted; null for any.</param>
    private (NtStatus Status, VirtualAddress Body) FindByName(string path, VirtualAddress root, uint attributes, VirtualAddress type)
    {
        if (path.Length == 0 && root.IsNull)
            return (NtStatus.ObjectNameInvalid, default);
        if (path.StartsWith(@"\Registry", StringComparison.OrdinalIgnoreCase))
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"the registry key {path} opened through the object manager");
        var openLink = (attributes & (uint)ObjectAttributeFlags.OpenLink) != 0 || type == TypeAddress(ObjectKind.SymbolicLink);
        var found = Lookup(path, followFinalLink: !openLink, root);
        if (found.Object.IsNull)
            return (found.Status, default);
        if (KindOf(found.Object) is ObjectKind.Device)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"the device {path} opened through the object manager, which asks its parse routine");
        if (found.Remaining.Length > 0 || (!type.IsNull && !IsOfType(found.Object, type)))
            return (NtStatus.ObjectTypeMismatch, default);
        return (NtStatus.Success, found.Object);
    }

    /// <summary>Name and root directory of OBJECT_ATTRIBUTES; the root is a directory's handle.</summary>
    private (NtStatus Status, string? Name, VirtualAddress Root) ReadAttributes(ObjectAttributes? attributes)
    {
        if (attributes is not { } given)
            return (NtStatus.Success, null, default);
        var name = given.ObjectName?.ToText();
        if (given.RootDirectory.IsNull)
            return (NtStatus.Success, string.IsNullOrEmpty(name) ? null : name, default);
        var (status, root) = Resolve(given.RootDirectory, ObjectKind.Directory);
        return status.IsSuccess ? (status, name ?? "", root) : (status, null, default);
    }

    private static bool IsKernelHandle(uint attributes) => (attributes & (uint)ObjectAttributeFlags.KernelHandle) != 0;

    private static uint AllAccess(ObjectKind? kind) => kind is { } k ? MappingOf(k).All : 0;

    private static (ObjectKind Kind, uint Read, uint Write, uint Execute, uint All) MappingOf(ObjectKind kind)
    {
        foreach (var mapping in _genericMappings)
        {
            if (mapping.Kind == kind)
                return mapping;
        }

        throw MachineStopException.Unsupported(UnsupportedKind.Case, $"generic access rights to an object of type {kind}");
    }
}
