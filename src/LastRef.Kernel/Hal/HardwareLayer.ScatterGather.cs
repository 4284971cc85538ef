using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Scatter/gather lists of a transfer.</summary>
/// <remarks>SCATTER_GATHER_LIST: NumberOfElements 0, Reserved 8, elements from 10h on: Address 0, Length 8, Reserved 10h (wdm.h).</remarks>
internal sealed partial class HardwareLayer
{
    private const uint ListHeaderBytes = 0x10;
    private const uint ElementBytes = 0x18;

    /// <summary>Lists that GetScatterGatherList made and nobody gave back yet.</summary>
    private readonly HashSet<VirtualAddress> _lists = [];

    /// <summary>GetScatterGatherList(adapter, device, mdl, currentVa, length, routine, context, writeToDevice).</summary>
    private async GuestTask<ulong> GetScatterGatherList(ulong[] arguments)
    {
        _ = AdapterOf(arguments[0]);
        var pieces = PiecesOf(new Mdl(Memory, new VirtualAddress(arguments[2])), new VirtualAddress(arguments[3]), (uint)arguments[4]);
        var list = _kernel.Ex.NonPagedPool.Allocate(ListHeaderBytes + (ElementBytes * (ulong)pieces.Count), PoolTags.Of("HSgl"), null);
        _lists.Add(list);
        Write(list, pieces);
        await CallListControl(arguments[1], list, arguments[5], arguments[6]);
        return NtStatus.Success.Code;
    }

    /// <summary>PutScatterGatherList(adapter, list, writeToDevice).</summary>
    private GuestTask<ulong> PutScatterGatherList(ulong[] arguments)
    {
        // A list in the driver's own buffer is the driver's to free.
        var list = new VirtualAddress(arguments[1]);
        if (_lists.Remove(list))
            _kernel.Ex.NonPagedPool.Free(list);
        return Result(0);
    }

    /// <summary>CalculateScatterGatherList(adapter, mdl, currentVa, length, size, mapRegisters): for the worst case, one element a page.</summary>
    private GuestTask<ulong> CalculateScatterGatherList(ulong[] arguments)
    {
        var pages = (uint)(((arguments[2] & 0xFFF) + (uint)arguments[3] + 0xFFF) >> 12);
        Memory.WriteUInt32(new VirtualAddress(arguments[4]), ListHeaderBytes + (ElementBytes * pages));
        if (arguments[5] != 0)
            Memory.WriteUInt32(new VirtualAddress(arguments[5]), pages);
        return Result(NtStatus.Success.Code);
    }

    /// <summary>BuildScatterGatherList(adapter, device, mdl, currentVa, length, routine, context, writeToDevice, buffer, bufferLength).</summary>
    private async GuestTask<ulong> BuildScatterGatherList(ulong[] arguments)
    {
        _ = AdapterOf(arguments[0]);
        var pieces = PiecesOf(new Mdl(Memory, new VirtualAddress(arguments[2])), new VirtualAddress(arguments[3]), (uint)arguments[4]);
        if ((uint)arguments[9] < ListHeaderBytes + (ElementBytes * (uint)pieces.Count))
            return NtStatus.BufferTooSmall.Code;
        var list = new VirtualAddress(arguments[8]);
        Write(list, pieces);
        await CallListControl(arguments[1], list, arguments[5], arguments[6]);
        return NtStatus.Success.Code;
    }

    private async GuestTask CallListControl(ulong device, VirtualAddress list, ulong routine, ulong context)
    {
        var target = new DeviceObject(Memory, new VirtualAddress(device));
        await _kernel.CallDriver(
            DriverCallKind.Other, target.DriverObject?.Address ?? VirtualAddress.Null, _kernel.CurrentThread, new VirtualAddress(routine),
            device, target.CurrentIrp?.Address.Value ?? 0, list.Value, context);
    }

    private List<(ulong Address, uint ByteCount)> PiecesOf(Mdl mdl, VirtualAddress current, uint length)
    {
        var pieces = new List<(ulong, uint)>();
        while (length > 0)
        {
            var piece = _kernel.Mm.PieceOf(mdl, current, length);
            pieces.Add(piece);
            current += piece.ByteCount;
            length -= piece.ByteCount;
        }

        return pieces;
    }

    private void Write(VirtualAddress list, List<(ulong Address, uint ByteCount)> pieces)
    {
        Memory.WriteUInt32(list, (uint)pieces.Count);
        Memory.WriteUInt64(list + 8, 0);
        for (var i = 0; i < pieces.Count; i++)
        {
            var element = list + ListHeaderBytes + (ElementBytes * (ulong)i);
            Memory.WriteUInt64(element, pieces[i].Address);
            Memory.WriteUInt32(element + 8, pieces[i].ByteCount);
            Memory.WriteUInt64(element + 0x10, 0);
        }
    }
}
