using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>MDLs as drivers allocate them.</summary>
internal sealed partial class IoManager
{
    /// <summary>Makes an MDL for a buffer and ties it to a request when one is given.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoAllocateMdl, WDK reference")]
    internal Mdl? IoAllocateMdl(VirtualAddress virtualAddress, uint length, NtBoolean secondaryBuffer, NtBoolean chargeQuota, Irp? irp)
    {
        var mdl = _kernel.Mm.CreateMdl(virtualAddress, length);
        if (irp is not { } request)
            return mdl;
        if (!secondaryBuffer || request.MdlAddress is null)
        {
            request.SetMdlAddress(Memory, mdl);
            return mdl;
        }

        var last = request.MdlAddress.Value;
        while (last.Next is { } next)
            last = next;
        last.SetNext(Memory, mdl);
        return mdl;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoFreeMdl, WDK reference")]
    internal void IoFreeMdl(Mdl mdl)
    {
        if ((MemoryManager.FlagsOf(mdl) & (MdlFlags.Partial | MdlFlags.PartialHasBeenMapped)) == (MdlFlags.Partial | MdlFlags.PartialHasBeenMapped))
            _kernel.Mm.MmUnmapLockedPages(mdl.MappedSystemVa, mdl);
        if (_kernel.Ex.NonPagedPool.Free(mdl.Address) is null)
            throw MachineStopException.BugCheck(0xC2, "IoFreeMdl of memory that is not an allocated MDL", 7, 0, 0, mdl.Address.Value);
    }

    /// <summary>Describes a part of a buffer whose pages another MDL has locked.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoBuildPartialMdl, WDK reference")]
    internal void IoBuildPartialMdl(Mdl sourceMdl, Mdl targetMdl, VirtualAddress virtualAddress, uint length)
    {
        var start = MemoryManager.BufferOf(sourceMdl);
        var offset = virtualAddress - start;
        if (offset > sourceMdl.ByteCount)
            throw MachineStopException.BugCheck(0xC4, "IoBuildPartialMdl for a part outside of the source's buffer", 0xB3, sourceMdl.Address.Value, targetMdl.Address.Value);
        var bytes = length != 0 ? length : (uint)(sourceMdl.ByteCount - offset);
        var page = new VirtualAddress(virtualAddress.Value & ~0xFFFUL);
        var firstFrame = (int)((page - sourceMdl.StartVa) / 4096);
        var frames = new byte[8 * MemoryManager.PagesOf(virtualAddress, bytes)];
        Memory.Read(MemoryManager.FramesOf(sourceMdl) + (8 * firstFrame), frames);
        Memory.Write(MemoryManager.FramesOf(targetMdl), frames);
        targetMdl.SetStartVa(Memory, page);
        targetMdl.SetByteOffset(Memory, (uint)(virtualAddress - page));
        targetMdl.SetByteCount(Memory, bytes);
        targetMdl.SetProcess(Memory, sourceMdl.Process);
        var inherited = MemoryManager.FlagsOf(sourceMdl) & (MdlFlags.SourceIsNonPagedPool | MdlFlags.MappedToSystemVa | MdlFlags.IoPageRead);
        _kernel.Mm.SetFlags(targetMdl, (MemoryManager.FlagsOf(targetMdl) & MdlFlags.AllocatedFixedSize) | inherited | MdlFlags.Partial);
        if ((inherited & (MdlFlags.SourceIsNonPagedPool | MdlFlags.MappedToSystemVa)) != 0)
            targetMdl.SetMappedSystemVa(Memory, sourceMdl.MappedSystemVa + offset);
    }
}
