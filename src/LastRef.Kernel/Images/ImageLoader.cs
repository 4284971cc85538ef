using LastRef.Cpu;
using LastRef.Nt;
using LastRef.Symbols;

namespace LastRef.Kernel;

/// <summary>Maps images, binds their imports, and knows which image an address lies in.</summary>
internal sealed partial class ImageLoader(NtKernel kernel)
{
    private readonly NtKernel _kernel = kernel;
    private readonly List<LoadedImage> _images = [];
    private readonly List<UnloadedImage> _unloaded = [];
    private VirtualAddress _nextDriver = AddressMap.DriverImages;

    private MutableTarget Memory => _kernel.Memory;

    /// <summary>Images in load order; the kernel's own come first.</summary>
    public IReadOnlyList<LoadedImage> Loaded => _images;

    /// <summary>Images that have left, oldest first.</summary>
    public IReadOnlyList<UnloadedImage> Unloaded => _unloaded;

    public LoadedImage? ImageAt(VirtualAddress address)
    {
        foreach (var image in _images)
        {
            if (image.Contains(address))
                return image;
        }

        return null;
    }

    /// <summary>An address as module and offset, where it lies in an image that is or was loaded.</summary>
    public CallSite SiteOf(VirtualAddress address)
    {
        if (ImageAt(address) is { } image)
            return new CallSite(address, image.FileName, new Rva((uint)(address - image.Base)));
        foreach (var gone in _unloaded)
        {
            if (address >= gone.Base && address - gone.Base < gone.ByteCount)
                return new CallSite(address, gone.FileName, new Rva((uint)(address - gone.Base)));
        }

        return new CallSite(address, null, default);
    }

    /// <summary>The image that lay at an address and has left; null when none did.</summary>
    public UnloadedImage? UnloadedAt(VirtualAddress address) => _unloaded.FindLast(gone => address >= gone.Base && address - gone.Base < gone.ByteCount);

    /// <summary>Sites in drivers on the running thread's stack, innermost first; empty when the kernel acts on its own.</summary>
    /// <remarks>Kernel routines between driver frames are passed over. A stack that cannot be walked any further is cut there.</remarks>
    public IReadOnlyList<CallSite> DriverStack()
    {
        return !_actsAlone && _kernel.Scheduler.Current is { FrameCount: > 0 } thread ? DriverStack(thread, _kernel.Processor.Registers) : [];
    }

    private bool _actsAlone;

    /// <summary>Does what the system does of its own accord: whoever gave the occasion is no caller of it.</summary>
    public void WithoutDrivers(Action work)
    {
        var before = _actsAlone;
        _actsAlone = true;
        try
        {
            work();
        }
        finally
        {
            _actsAlone = before;
        }
    }

    /// <summary>The same for a thread that does not have the processor.</summary>
    internal IReadOnlyList<CallSite> DriverStack(KernelThread thread) =>
        thread == _kernel.Scheduler.Current ? DriverStack() : thread.FrameCount == 0 ? [] : DriverStack(thread, thread.Registers);

    private List<CallSite> DriverStack(KernelThread thread, CpuRegisters registers)
    {
        var sites = new List<CallSite>();
        try
        {
            if (ThunkOf(new VirtualAddress(registers.Rip)) is not null)
            {
                registers.Rip = Memory.ReadUInt64(new VirtualAddress(registers.Rsp));
                registers.Rsp += 8;
            }

            var walk = new FrameWalk(_kernel, thread, registers);
            for (var frames = 0; !walk.AtEnd && frames < StackFrameLimit && sites.Count < StackSiteLimit; frames++)
            {
                var site = SiteOf(new VirtualAddress(walk.Registers.Rip));
                if (site.Module is not null)
                    sites.Add(site);
                walk.Next();
            }
        }
        catch (Exception broken) when (broken is TargetReadException or MachineStopException)
        {
            // The driver has corrupted its stack, or its unwind data cannot be read: what was found up to here is what there is.
            return sites;
        }

        // A routine entered by a jump (a tail call) was called by the driver routine itself.
        if (sites.Count == 0 && SiteOf(thread.InnermostFrame!.Routine) is { Module: not null } entry)
            sites.Add(entry);
        return sites;
    }

    private const int StackSiteLimit = 16;
    private const int StackFrameLimit = 64;

    /// <summary>The thunk slot at an address; null when it is no thunk.</summary>
    public static int? ThunkOf(VirtualAddress address)
    {
        var offset = address - AddressMap.Thunks;
        return offset < Thunks.Count * 16UL ? (int)(offset / 16) : null;
    }

    public static VirtualAddress ThunkAddress(int thunk) => AddressMap.Thunks + (thunk * 16);
}
