using LastRef.Cpu;
using LastRef.Nt;
using LastRef.Symbols;

namespace LastRef.Kernel;

/// <summary>Driver images: mapping, relocation, protection, imports, and their leaving.</summary>
internal sealed partial class ImageLoader
{
    private const ulong DefaultCookie = 0x0000_2B99_2DDF_A232;
    private readonly Dictionary<string, PeImage> _available = new(StringComparer.OrdinalIgnoreCase);
    private VirtualAddress _moduleListHead;

    /// <summary>PsLoadedModuleList.</summary>
    public VirtualAddress ModuleListHead => _moduleListHead;

    /// <summary>Makes a file loadable by name, as if it lay in the drivers folder.</summary>
    public void MakeAvailable(PeImage image, string fileName) => _available[fileName] = image;

    /// <summary>The files that can be loaded by name.</summary>
    public IReadOnlyDictionary<string, PeImage> AvailableFiles => _available;

    /// <summary>Told of each driver image right after it was mapped.</summary>
    public Action<LoadedImage>? Mapped { get; set; }

    public PeImage? FindFile(string fileName) => _available.GetValueOrDefault(fileName);

    public LoadedImage? FindLoaded(string fileName) =>
        _images.Find(i => string.Equals(i.FileName, fileName, StringComparison.OrdinalIgnoreCase));

    /// <summary>Maps an image and the images that it imports from, and binds its imports.</summary>
    /// <remarks>U-2.13, U-2.30. A routine that nobody implements gets an address that names it when called.</remarks>
    /// <returns>The image, and those that were mapped for it now and whose DllInitialize must run before it.</returns>
    public (LoadedImage Image, IReadOnlyList<LoadedImage> NewLibraries) Load(PeImage pe, string fileName)
    {
        var libraries = new List<LoadedImage>();
        var image = Map(pe, fileName);
        foreach (var module in pe.Imports)
            BindModule(image, module, libraries);
        Protect(image);
        return (image, libraries);
    }

    /// <summary>Frees the pages of INIT and other discardable sections (U-2.12).</summary>
    public void DiscardInitSections(LoadedImage image)
    {
        foreach (var section in image.Pe!.Sections.Where(s => s.IsDiscardable))
        {
            var first = (section.Rva.Value + 0xFFFUL) & ~0xFFFUL;
            var end = (section.End.Value + 0xFFFUL) & ~0xFFFUL;
            if (end > image.ByteCount)
                end = image.ByteCount & ~0xFFFUL;
            if (end > first)
                _kernel.Guest.Unmap(image.Base.Value + first, end - first);
        }
    }

    /// <summary>Changes an image's load count through the one gate for it.</summary>
    public int ChangeLoadCount(LoadedImage image, int change, ReferenceCause cause, VirtualAddress holder)
    {
        var entry = new KldrDataTableEntry(Memory, image.LoaderEntry);
        var before = entry.LoadCount;
        var after = before + change;
        entry.SetLoadCount(Memory, (ushort)after);
        _kernel.Record(new ReferenceRecord(image.LoaderEntry, "Image", ReferenceCounter.LoadCount, before, after, cause, holder));
        return after;
    }

    /// <summary>Unmaps an image whose load count is zero and enters it in the history of unloaded drivers (U-1.47).</summary>
    public void Unmap(LoadedImage image)
    {
        _kernel.Ke.CheckFreedMemory(image.Base, image.ByteCount, $"the image of {image.FileName}");
        _images.Remove(image);
        var entry = new KldrDataTableEntry(Memory, image.LoaderEntry);
        Unlink(entry.InLoadOrderLinks.Address);
        for (var page = 0UL; page < image.ByteCount; page += 4096)
        {
            if (_kernel.Guest.TryQuery(image.Base.Value + page, out _, out _))
                _kernel.Guest.Unmap(image.Base.Value + page, 4096);
        }

        _kernel.Ke.Unwinder.Forget();
        EnterInHistory(image);
        _kernel.Record(new ImageRecord(false, image.FileName, image.Base, image.ByteCount));
        _kernel.Ex.NonPagedPool.Free(image.LoaderEntry);
    }

    private LoadedImage Map(PeImage pe, string fileName)
    {
        var bytes = pe.MapImage();
        var byteCount = ((uint)bytes.Length + 0xFFF) & ~0xFFFu;
        var address = _nextDriver;
        _nextDriver += (byteCount + 0x1_FFFFu) & ~0xFFFFu;
        pe.ApplyRelocations(bytes, address.Value);
        _kernel.Guest.Map(address.Value, byteCount, PageAccess.Read | PageAccess.Write);
        Memory.Write(address, bytes);
        var image = AddImage(new LoadedImage(fileName, pe, address, byteCount, VirtualAddress.Null), @"\SystemRoot\System32\drivers\" + fileName);
        SeedCookie(image);
        Mapped?.Invoke(image);
        return image;
    }

    private void BindModule(LoadedImage image, ImportedModule module, List<LoadedImage> libraries)
    {
        var library = FindLoaded(module.Name);
        if (library is null && FindFile(module.Name) is { } file)
        {
            var (loaded, more) = Load(file, module.Name);
            libraries.AddRange(more);
            libraries.Add(loaded);
            library = loaded;
        }

        if (library is { IsDriver: true } && !image.Dependencies.Contains(library))
        {
            image.Dependencies.Add(library);
            ChangeLoadCount(library, +1, ReferenceCause.ImageImport, image.LoaderEntry);
        }

        foreach (var symbol in module.Symbols)
        {
            var address = library is { IsDriver: true } ? ResolveIn(library, symbol) : ResolveKernel(module.Name, symbol);
            Memory.WritePointer(image.Base + symbol.Slot.Value, address);
        }
    }

    private VirtualAddress ResolveIn(LoadedImage library, ImportedSymbol symbol)
    {
        var export = symbol.Name is { } name ? library.Pe!.FindExport(name) : library.Pe!.FindExport(symbol.Ordinal);
        if (export is null)
            throw new InputException($"{library.FileName} does not export {symbol}, which an image that imports from it needs.");
        if (export.Forwarder is { } forwarder)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"forwarded export {library.FileName}!{symbol} -> {forwarder}");
        return library.Base + export.Rva.Value;
    }

    private VirtualAddress ResolveKernel(string module, ImportedSymbol symbol)
    {
        var name = symbol.ToString();
        if (symbol.Name is not null)
        {
            // hal.dll forwards to the kernel and the kernel has what hal.dll had: either may serve the other's name.
            var address = FindExport(module, name)
                ?? (IsKernelModule(module) ? FindExport(Ntoskrnl, name) ?? FindExport(Hal, name) : null);
            if (address is { } found)
                return found;
            if (IsKernelModule(module) && KernelVariables.IsVariable(name))
                return MissingDataAddress(module, name);
        }

        return MissingRoutineAddress(module.ToLowerInvariant(), name);
    }

    private static bool IsKernelModule(string module) =>
        module.Equals(Ntoskrnl, StringComparison.OrdinalIgnoreCase) || module.Equals(Hal, StringComparison.OrdinalIgnoreCase);

    /// <summary>Gives each section's pages the section's access.</summary>
    /// <remarks>
    /// Sections of an image that is aligned to less than a page share pages, so that none of them can be protected: all of it can be
    /// written and executed (Doc: "Driver compatibility with memory integrity", which refuses such images for that; drivers built with
    /// the old WDKs are so).
    /// </remarks>
    private void Protect(LoadedImage image)
    {
        if (image.Pe!.SectionAlignment < 4096)
        {
            _kernel.Guest.Protect(image.Base.Value, image.ByteCount, PageAccess.Read | PageAccess.Write | PageAccess.Execute);
            return;
        }

        _kernel.Guest.Protect(image.Base.Value, 4096, PageAccess.Read);
        foreach (var section in image.Pe!.Sections)
        {
            var access = PageAccess.Read;
            if (section.IsWritable)
                access |= PageAccess.Write;
            if (section.IsExecutable)
                access |= PageAccess.Execute;
            var first = section.Rva.Value & ~0xFFFUL;
            var end = Math.Min((section.End.Value + 0xFFFUL) & ~0xFFFUL, image.ByteCount);
            if (end > first)
                _kernel.Guest.Protect(image.Base.Value + first, end - first, access);
        }
    }

    /// <summary>Gives the image's stack cookie a value of its own, the same in every run.</summary>
    /// <remarks>Fact: driver-binaries section 2, Entry: the image's own entry seeds it only while it has the default value.</remarks>
    private void SeedCookie(LoadedImage image)
    {
        if (image.Pe!.LoadConfig?.SecurityCookie is not { } rva)
            return;
        var address = image.Base + rva.Value;
        if (Memory.ReadUInt64(address) is DefaultCookie or 0)
            Memory.WriteUInt64(address, (_kernel.Ke.NextRandom() & 0x0000_FFFF_FFFF_FFFF) | 1);
    }

    private LoadedImage AddImage(LoadedImage image, string fullName)
    {
        var entry = image.Pe is { } pe ? image.Base + pe.AddressOfEntryPoint.Value : image.Base;
        image = image with { LoaderEntry = NewLoaderEntry(fullName, image.Base, image.ByteCount, entry) };
        _images.Add(image);
        _kernel.Record(new ImageRecord(true, image.FileName, image.Base, image.ByteCount));
        return image;
    }

    /// <summary>An entry of PsLoadedModuleList, at its end or before another one.</summary>
    private VirtualAddress NewLoaderEntry(string fullName, VirtualAddress imageBase, uint byteCount, VirtualAddress entryPoint, LoadedImage? before = null)
    {
        var entryBytes = KldrDataTableEntry.SizeOf(Memory.Layout);
        var address = _kernel.Ex.NonPagedPool.Allocate((ulong)entryBytes, PoolTags.LoaderEntry, null);
        var entry = new KldrDataTableEntry(Memory, address);
        entry.SetDllBase(Memory, imageBase);
        entry.SetSizeOfImage(Memory, byteCount);
        entry.SetEntryPoint(Memory, entryPoint);
        entry.SetLoadCount(Memory, 1);
        entry.SetFlags(Memory, 0x09104000);
        _kernel.Rtl.WriteString(entry.FullDllName, fullName, PoolTags.LoaderEntry);
        _kernel.Rtl.WriteString(entry.BaseDllName, fullName[(fullName.LastIndexOf('\\') + 1)..], PoolTags.LoaderEntry);
        LinkModule(entry.InLoadOrderLinks.Address, before);
        return address;
    }

    private void LinkModule(VirtualAddress links, LoadedImage? before)
    {
        if (_moduleListHead.IsNull)
        {
            _moduleListHead = DefineVariable("PsLoadedModuleList", 16);
            Memory.WritePointer(_moduleListHead, _moduleListHead);
            Memory.WritePointer(_moduleListHead + 8, _moduleListHead);
        }

        var next = before is null ? _moduleListHead : new KldrDataTableEntry(Memory, before.LoaderEntry).InLoadOrderLinks.Address;
        var previous = Memory.ReadPointer(next + 8);
        Memory.WritePointer(links, next);
        Memory.WritePointer(links + 8, previous);
        Memory.WritePointer(previous, links);
        Memory.WritePointer(next + 8, links);
    }

    private void Unlink(VirtualAddress links)
    {
        var next = Memory.ReadPointer(links);
        var previous = Memory.ReadPointer(links + 8);
        Memory.WritePointer(previous, next);
        Memory.WritePointer(next + 8, previous);
    }
}
