using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Handle tables as drivers look through them, and the attributes of handles.</summary>
internal sealed partial class ObjectManager
{
    private const uint ProtectClose = 1, Inherit = 2;

    /// <summary>Calls a routine for every handle of a table until it returns TRUE.</summary>
    /// <remarks>
    /// Up to Windows 7 the routine gets entry, handle and parameter; from Windows 8 on table, entry, handle and parameter, and it unlocks the
    /// entry itself, by setting its lowest bit and with ExfUnblockPushLock (System Informer and many public drivers).
    /// </remarks>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ExEnumHandleTable, System Informer (phnt ntexapi.h and kph)")]
    internal async GuestTask<NtBoolean> ExEnumHandleTable(
        VirtualAddress handleTable, VirtualAddress enumHandleProcedure, ulong enumParameter, VirtualAddress handle)
    {
        var isPacked = (int)_kernel.Build >= 9200;
        for (var index = 1; ; index++)
        {
            var address = EntryAddress(handleTable, index, grow: false);
            if (address.IsNull)
                return false;
            if (Memory.ReadUInt64(address) == 0)
                continue;
            var value = (ulong)index * 4;
            ulong[] arguments = isPacked
                ? [handleTable.Value, address.Value, value, enumParameter]
                : [address.Value, value, enumParameter];
            Memory.WriteUInt64(address, Memory.ReadUInt64(address) & ~1UL);
            var stop = await _kernel.CallDriver(
                DriverCallKind.Other, VirtualAddress.Null, _kernel.CurrentThread, enumHandleProcedure, arguments);
            if (Memory.ReadUInt64(address) != 0)
                Memory.WriteUInt64(address, Memory.ReadUInt64(address) | 1);
            if ((byte)stop == 0)
                continue;
            if (!handle.IsNull)
                Memory.WriteUInt64(handle, value);
            return true;
        }
    }

    /// <summary>Sets whether a handle is inherited and whether it may be closed.</summary>
    /// <param name="handleFlags">OBJECT_HANDLE_FLAG_INFORMATION: Inherit 0, ProtectFromClose 1.</param>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ObSetHandleAttributes, ReactOS kernel interface; OBJECT_HANDLE_FLAG_INFORMATION, public headers",
        Missing = "entries of the form of Windows 7")]
    internal NtStatus ObSetHandleAttributes(HandleValue handle, VirtualAddress handleFlags, sbyte previousMode)
    {
        var (status, _, open) = Resolve(handle, VirtualAddress.Null, 0, previousMode);
        if (!status.IsSuccess)
            return status;
        if (open is not { } found)
            return NtStatus.InvalidHandle;
        var entry = new HandleTableEntry(Memory, found.Entry);
        if (entry.Attributes is null)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "attributes of a handle in a table of Windows 7");
        entry.SetAttributes(Memory, (Memory.ReadByte(handleFlags) != 0 ? Inherit : 0) | (Memory.ReadByte(handleFlags + 1) != 0 ? ProtectClose : 0));
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "NtSetInformationObject, ReactOS kernel interface", Missing = "classes other than the flags of a handle")]
    internal NtStatus ZwSetInformationObject(
        HandleValue handle, uint objectInformationClass, VirtualAddress objectInformation, uint objectInformationLength)
    {
        const uint handleFlagInformation = 4, handleFlagBytes = 2;
        if (objectInformationClass != handleFlagInformation)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"ZwSetInformationObject with class {objectInformationClass}");
        return objectInformationLength == handleFlagBytes
            ? ObSetHandleAttributes(handle, objectInformation, KernelMode)
            : NtStatus.InfoLengthMismatch;
    }

    private static bool IsProtected(HandleTableEntry entry) => ((entry.Attributes ?? 0) & ProtectClose) != 0;
}
