using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What drivers may ask about an object.</summary>
internal sealed partial class ObjectManager
{
    /// <summary>Writes OBJECT_NAME_INFORMATION: a UNICODE_STRING whose characters follow it; an empty one for an object without a name.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ObQueryNameString, WDK reference")]
    internal NtStatus ObQueryNameString(VirtualAddress @object, VirtualAddress objectNameInfo, uint length, Out<uint> returnLength)
    {
        const int structureBytes = 0x10;
        var name = FullNameOf(@object);
        var bytes = name is null ? [] : WideText.Bytes(name + "\0");
        returnLength.SetIfGiven(Memory, (uint)(structureBytes + bytes.Length));
        if (length < structureBytes + bytes.Length)
            return NtStatus.InfoLengthMismatch;
        var text = new ObjectNameInformation(Memory, objectNameInfo).Name;
        text.SetLength(Memory, (ushort)Math.Max(bytes.Length - 2, 0));
        text.SetMaximumLength(Memory, (ushort)bytes.Length);
        text.SetBuffer(Memory, bytes.Length == 0 ? VirtualAddress.Null : objectNameInfo + structureBytes);
        Memory.Write(objectNameInfo + structureBytes, bytes);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwQueryObject, WDK reference", Missing = "all but basic and name information")]
    [KernelExport("ntoskrnl.exe", Name = "NtQueryObject", MaxIrql = Irql.Passive, Doc = "NtQueryObject, Win32")]
    internal NtStatus ZwQueryObject(
        HandleValue handle, uint objectInformationClass, VirtualAddress objectInformation, uint objectInformationLength, Out<uint> returnLength)
    {
        const uint basic = 0, name = 1;
        const int basicBytes = 0x38;
        var (status, body, open) = Resolve(handle, VirtualAddress.Null, 0, KernelMode);
        if (!status.IsSuccess)
            return status;
        if (objectInformationClass == name)
            return ObQueryNameString(body, objectInformation, objectInformationLength, returnLength);
        if (objectInformationClass != basic)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"ZwQueryObject of information class {objectInformationClass}");
        returnLength.SetIfGiven(Memory, basicBytes);
        if (objectInformationLength != basicBytes)
            return NtStatus.InfoLengthMismatch;

        // PUBLIC_OBJECT_BASIC_INFORMATION: Attributes 0, GrantedAccess 4, HandleCount 8, PointerCount C, then reserved.
        var header = HeaderOf(body);
        Memory.Clear(objectInformation, basicBytes);
        Memory.WriteUInt32(objectInformation + 4, open?.GrantedAccess ?? AllAccess(KindOf(body)));
        Memory.WriteUInt32(objectInformation + 8, (uint)header.HandleCount);
        Memory.WriteUInt32(objectInformation + 0xC, (uint)header.PointerCount);
        return NtStatus.Success;
    }

    /// <summary>The name that the object's type gives: files begin with their device's, keys have the registry's.</summary>
    private string? FullNameOf(VirtualAddress body)
    {
        switch (KindOf(body))
        {
            case ObjectKind.Key:
                return _kernel.Cm.KeyOf(body).Path;
            case ObjectKind.File:
                return FileNameOf(new FileObject(Memory, body));
            default:
                return NameOf(body);
        }
    }

    /// <summary>The device's name and the file's; one that was opened relative to another continues its name.</summary>
    internal string? FileNameOf(FileObject file, int depth = 0)
    {
        const int depthLimit = 64;
        var name = file.FileName.ToText();
        if (file.RelatedFileObject is { } related && !name.StartsWith('\\') && depth < depthLimit)
            return FileNameOf(related, depth + 1) is { } above ? above.TrimEnd('\\') + (name.Length == 0 ? "" : "\\" + name) : null;
        return file.DeviceObject is { } device && NameOf(device.Address) is { } start ? start + name : null;
    }
}
