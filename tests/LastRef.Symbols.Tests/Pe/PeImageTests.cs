using System.Buffers.Binary;
using LastRef.Symbols;
using Xunit;

namespace LastRef.Tests;

public sealed class PeImageTests
{
    private static PeImage Driver() => PeImage.Parse(PeBuilder.Driver().Build(), "driver.sys");

    [Fact]
    public void Headers_and_sections_are_read()
    {
        var image = Driver();

        Assert.Equal(ImageMachine.Amd64, image.Machine);
        Assert.True(image.IsPe32Plus);
        Assert.Equal(0x1_4000_0000UL, image.ImageBase);
        Assert.Equal(new Rva(0x1000), image.AddressOfEntryPoint);
        Assert.Equal(ImageSubsystem.Native, image.Subsystem);
        Assert.Equal(ImageDllCharacteristics.DynamicBase, image.DllCharacteristics);
        Assert.Equal([".text", ".idata", ".edata", ".pdata", ".rdata", ".data", ".reloc"], image.Sections.Select(section => section.Name));
        Assert.True(image.Sections[0].IsExecutable);
        Assert.False(image.Sections[0].IsWritable);
        Assert.True(image.Sections[^1].IsDiscardable);
        Assert.Equal(".data", image.FindSection(new Rva(0x7000))?.Name);
        Assert.Null(image.FindSection(new Rva(0x1800)));
    }

    [Fact]
    public void Imports_have_names_ordinals_hints_and_the_slot_to_fill()
    {
        var image = Driver();

        Assert.Equal(["ntoskrnl.exe", "HAL.dll"], image.Imports.Select(module => module.Name));
        var first = image.Imports[0].Symbols[0];
        Assert.Equal(("IoCreateDevice", (ushort)5), (first.Name, first.Hint));
        Assert.Equal(first.Slot.Value + 8, image.Imports[0].Symbols[1].Slot.Value);
        var byOrdinal = Assert.Single(image.Imports[1].Symbols);
        Assert.Equal("#7", byOrdinal.ToString());

        // The slot still holds what the lookup table holds: the loader has not been there.
        var slot = new byte[8];
        Assert.True(image.TryRead(byOrdinal.Slot, slot));
        Assert.Equal(0x8000_0000_0000_0007UL, BinaryPrimitives.ReadUInt64LittleEndian(slot));
    }

    [Fact]
    public void Exports_are_found_by_name_and_ordinal_and_forwarders_keep_their_text()
    {
        var image = Driver();

        Assert.Equal(new Rva(0x1004), image.FindExport("DllUnload")?.Rva);
        Assert.Equal("DllInitialize", image.FindExport(1)?.Name);
        Assert.Equal("ntoskrnl.DbgPrint", image.FindExport("Old")?.Forwarder);
        Assert.Null(image.FindExport("dllunload"));
    }

    [Fact]
    public void A_mapped_image_is_moved_by_its_relocations_and_nothing_else_changes()
    {
        var image = Driver();
        var mapped = image.MapImage();
        var original = mapped.ToArray();
        var cookie = image.Sections.Single(section => section.Name == ".data").Rva;

        image.ApplyRelocations(mapped, 0xFFFF_F800_1234_0000);

        Assert.Equal((int)image.MappedSize, mapped.Length);
        Assert.Equal(0xFFFF_F800_1234_0000 + cookie.Value, BinaryPrimitives.ReadUInt64LittleEndian(mapped.AsSpan((int)cookie.Value + 8)));
        var patched = image.Relocations.SelectMany(relocation => Enumerable.Range((int)relocation.Rva.Value, 8)).ToHashSet();
        Assert.Equal(3 * 8, patched.Count);
        Assert.All(Enumerable.Range(0, mapped.Length).Where(offset => !patched.Contains(offset)), offset => Assert.Equal(original[offset], mapped[offset]));
    }

    [Fact]
    public void Reading_by_RVA_agrees_with_the_mapped_image_everywhere()
    {
        var image = Driver();
        var mapped = image.MapImage();
        var bytes = new byte[100];
        for (uint rva = 0; rva + bytes.Length <= image.MappedSize; rva += 61)
        {
            Assert.True(image.TryRead(new Rva(rva), bytes));
            Assert.Equal(mapped[(int)rva..((int)rva + bytes.Length)], bytes);
        }
        Assert.False(image.TryRead(new Rva(image.MappedSize - 99), bytes));
        Assert.False(image.TryRead(new Rva(uint.MaxValue), bytes));
    }

    [Fact]
    public void An_image_without_relocations_can_only_stay_at_its_base()
    {
        var builder = PeBuilder.Driver();
        builder.SetDirectory(5, 0, 0);
        builder.Characteristics |= (ushort)ImageFileCharacteristics.RelocsStripped;
        var image = PeImage.Parse(builder.Build(), "fixed.sys");
        var mapped = image.MapImage();

        image.ApplyRelocations(mapped, image.ImageBase);

        var error = Assert.Throws<ImageFormatException>(() => image.ApplyRelocations(mapped, 0xFFFF_F800_0000_0000));
        Assert.Equal("fixed.sys: has no relocations and can only be loaded at 0x140000000", error.Message);
    }

    [Fact]
    public void The_exception_directory_leads_to_unwind_codes()
    {
        var image = Driver();
        var function = image.FindRuntimeFunction(new Rva(0x1004));

        Assert.NotNull(function);
        Assert.Null(image.FindRuntimeFunction(new Rva(0x1005)));
        var unwind = image.ReadUnwindInfo(function.Value);
        Assert.Equal((1, 4), (unwind.Version, unwind.PrologBytes));
        Assert.Equal(new UnwindCode(4, UnwindOperation.AllocateSmall, 4, 0x28), Assert.Single(unwind.Codes));
        Assert.Null(unwind.Handler);
    }

    [Fact]
    public void The_debug_directory_names_the_PDB_and_the_load_configuration_the_cookie()
    {
        var image = Driver();

        Assert.Equal(new Guid("01234567-89ab-cdef-0123-456789abcdef"), image.DebugDirectory?.Guid);
        Assert.Equal(3u, image.DebugDirectory?.Age);
        Assert.Equal("driver.pdb", image.DebugDirectory?.PdbName);
        Assert.Equal(image.FindSection(new Rva(0x6000))?.Rva, image.LoadConfig?.SecurityCookie);
        Assert.Equal(new Rva(0x6008), image.LoadConfig?.GuardCheckFunctionPointer);
        Assert.Null(image.LoadConfig?.GuardDispatchFunctionPointer);
    }
}
