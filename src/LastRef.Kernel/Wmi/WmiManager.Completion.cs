using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>How a provider that uses the library ends a request.</summary>
internal sealed partial class WmiManager
{
    private const int NodeHeaderBytes = 0x30;

    /// <summary>Fills in the node's size, or how much it would need, and completes the request.</summary>
    /// <remarks>
    /// WNODE_HEADER: BufferSize 0, Flags 2Ch. WNODE_ALL_DATA: DataBlockOffset 30h. WNODE_SINGLE_INSTANCE: DataBlockOffset 38h, SizeDataBlock 3Ch.
    /// WNODE_METHOD_ITEM: DataBlockOffset 3Ch, SizeDataBlock 40h. WNODE_TOO_SMALL: SizeNeeded 30h, 38h bytes in all (wmistr.h).
    /// </remarks>
    /// <returns>The status of the request: success for a node that only says how large it should be.</returns>
    [KernelExport("wmilib.sys", MaxIrql = Irql.Dispatch, Doc = "WmiCompleteRequest, WDK reference")]
    internal async GuestTask<NtStatus> WmiCompleteRequest(DeviceObject deviceObject, Irp irp, NtStatus status, uint bufferUsed, sbyte priorityBoost)
    {
        const byte queryAll = 0, querySingle = 1, executeMethod = 9;
        const int tooSmallBytes = NodeHeaderBytes + 8;
        const uint tooSmall = 0x20;
        var location = irp.CurrentStackLocation ?? throw new TargetReadException(irp.CurrentStackLocationAddress, ReadFailure.NotMapped);
        var information = bufferUsed;
        if (location.MinorFunction is queryAll or querySingle or executeMethod)
        {
            var node = location.WmiBuffer;
            var offsetField = location.MinorFunction switch { queryAll => 0x30, querySingle => 0x38, _ => 0x3C };
            if (status == NtStatus.BufferTooSmall)
            {
                var needed = Memory.ReadUInt32(node + offsetField) + bufferUsed;
                Memory.WriteUInt32(node, tooSmallBytes);
                Memory.WriteUInt32(node + 0x2C, Memory.ReadUInt32(node + 0x2C) | tooSmall);
                Memory.WriteUInt32(node + NodeHeaderBytes, needed);
                (status, information) = (NtStatus.Success, tooSmallBytes);
            }
            else if (status.IsSuccess)
            {
                information = Memory.ReadUInt32(node + offsetField) + bufferUsed;
                Memory.WriteUInt32(node, information);
                if (location.MinorFunction != queryAll)
                    Memory.WriteUInt32(node + offsetField + 4, bufferUsed);
            }
        }

        irp.IoStatus.SetStatus(Memory, status);
        irp.IoStatus.SetInformation(Memory, status.IsSuccess ? information : 0);
        await _kernel.Io.IofCompleteRequest(irp, priorityBoost);
        return status;
    }
}
