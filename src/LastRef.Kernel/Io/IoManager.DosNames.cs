using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Drive letters: which one a volume has.</summary>
internal sealed partial class IoManager
{
    /// <summary>The drive letter of a volume, with its colon; the caller frees the text with ExFreePool.</summary>
    /// <remarks>Windows asks the mount manager; the letter is a link in <c>\GLOBAL??</c> whose target is the volume's name.</remarks>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoVolumeDeviceToDosName, WDK reference", Missing = "mount points without a letter")]
    [KernelExport("ntoskrnl.exe", Name = "RtlVolumeDeviceToDosName", MaxIrql = Irql.Passive, Doc = "RtlVolumeDeviceToDosName, ntddk.h")]
    internal NtStatus IoVolumeDeviceToDosName(VirtualAddress volumeDeviceObject, UnicodeString dosName)
    {
        if (_kernel.Ob.KindOf(volumeDeviceObject) != ObjectKind.Device)
            return NtStatus.InvalidParameter;
        if (DosNameOf(new DeviceObject(Memory, volumeDeviceObject)) is not { } letter)
            return NtStatus.ObjectNameNotFound;
        var text = WideText.Bytes(letter + "\0");
        _kernel.Rtl.PlaceString(dosName, AllocateOwned((ulong)text.Length), text);
        return NtStatus.Success;
    }

    /// <summary>The path of an open file with its drive letter, in memory that the caller frees with ExFreePool.</summary>
    /// <param name="objectNameInformation">OBJECT_NAME_INFORMATION: the string, then its characters.</param>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoQueryFileDosDeviceName, ntddk.h")]
    internal NtStatus IoQueryFileDosDeviceName(FileObject fileObject, Out<VirtualAddress> objectNameInformation)
    {
        if (fileObject.DeviceObject is not { } device || DosNameOf(device) is not { } letter || _kernel.Ob.FileNameOf(fileObject) is not { } full)
            return NtStatus.ObjectNameNotFound;
        var volume = _kernel.Ob.NameOf(device.Address)!;
        var text = WideText.Bytes(letter + full[volume.Length..] + "\0");
        var address = AllocateOwned((ulong)(0x10 + text.Length));
        _kernel.Rtl.PlaceString(new ObjectNameInformation(Memory, address).Name, address + 0x10, text);
        objectNameInformation.Set(Memory, address);
        return NtStatus.Success;
    }

    /// <summary>"C:" for the device that <c>\GLOBAL??\C:</c> leads to; a file system's volume device counts as the disk that it is mounted on.</summary>
    private string? DosNameOf(DeviceObject device)
    {
        for (var letter = 'A'; letter <= 'Z'; letter++)
        {
            var found = _kernel.Ob.Lookup($@"\GLOBAL??\{letter}:");
            if (found.Object == device.Address)
                return $"{letter}:";
            if (!found.Object.IsNull && _kernel.Ob.KindOf(found.Object) == ObjectKind.Device
                && new DeviceObject(Memory, found.Object).Vpb?.DeviceObject?.Address == device.Address)
                return $"{letter}:";
        }

        return null;
    }

    /// <summary>Pool that goes to the calling driver, which must free it.</summary>
    private VirtualAddress AllocateOwned(ulong bytes) => _kernel.Ex.AllocateForDriver(paged: true, bytes, PoolTags.Io);
}
