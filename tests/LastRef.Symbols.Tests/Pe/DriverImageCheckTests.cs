using LastRef.Symbols;
using Xunit;

namespace LastRef.Tests;

public sealed class DriverImageCheckTests
{
    private static string Refusal(byte[] file) =>
        Assert.Throws<ImageFormatException>(() => DriverImageCheck.Parse(file, "x.sys")).Message;

    private static string Refusal(Action<PeBuilder> change)
    {
        var builder = PeBuilder.Driver();
        change(builder);
        return Refusal(builder.Build());
    }

    [Fact]
    public void A_driver_passes() => Assert.Null(DriverImageCheck.FindRefusal(DriverImageCheck.Parse(PeBuilder.Driver().Build(), "x.sys")));

    [Fact]
    public void Other_processors_are_named()
    {
        Assert.Equal("x.sys: built for ARM64; only x64 drivers can be checked", Refusal(builder => builder.Machine = 0xAA64));
        Assert.Equal("x.sys: built for 32-bit x86; only x64 drivers can be checked", Refusal(builder =>
        {
            builder.Machine = 0x014C;
            builder.Magic = 0x10B;
            builder.ImageBase = 0x10000;
        }));
        Assert.Equal("x.sys: an x64 machine type with a 32-bit optional header; Windows would refuse it", Refusal(builder => builder.Magic = 0x10B));
        Assert.Equal("x.sys: built for Itanium; only x64 drivers can be checked", Refusal(builder => builder.Machine = 0x0200));
        Assert.Equal("x.sys: built for machine type 0x5064; only x64 drivers can be checked", Refusal(builder => builder.Machine = 0x5064));
    }

    [Theory]
    [InlineData("KERNEL32.dll")]
    [InlineData("ntdll.dll")]
    [InlineData("user32.DLL")]
    [InlineData("ucrtbase.dll")]
    [InlineData("VCRUNTIME140D.dll")]
    [InlineData("msvcrt.dll")]
    [InlineData("api-ms-win-core-synch-l1-2-0.dll")]
    [InlineData("ext-ms-win-ntuser-window-l1-1-0.dll")]
    public void An_import_from_a_user_mode_DLL_is_refused_by_name(string module) =>
        Assert.Equal(
            $"x.sys: imports from {module}, a user-mode DLL; the kernel would refuse to load it",
            Refusal(builder => builder.AddImports(("ntoskrnl.exe", ["DbgPrint"]), (module, ["Any"]))));

    [Theory]
    [InlineData("ntoskrnl.exe")]
    [InlineData("HAL.dll")]
    [InlineData("WDFLDR.SYS")]
    [InlineData("kdcom.dll")]
    [InlineData("storport.sys")]
    [InlineData("vendor-export-driver.dll")]
    [InlineData("ext-ms-win-ntos-tm-l1-1-0.dll")]
    [InlineData("msvcrt-like.sys")]
    public void Kernel_modules_and_unknown_export_drivers_are_left_to_the_loader(string module)
    {
        var builder = PeBuilder.Driver();
        builder.AddImports((module, ["Any"]));
        Assert.Equal(module, DriverImageCheck.Parse(builder.Build(), "x.sys").Imports[0].Name);
    }

    [Fact]
    public void The_32_bit_header_is_read_as_far_as_it_is_needed()
    {
        var builder = PeBuilder.Driver();
        builder.Machine = 0x014C;
        builder.Magic = 0x10B;
        builder.ImageBase = 0x10000;
        var image = PeImage.Parse(builder.Build(), "x.sys");
        Assert.Equal((false, 0x10000UL, ImageSubsystem.Native), (image.IsPe32Plus, image.ImageBase, image.Subsystem));
        Assert.Equal(new Guid("01234567-89ab-cdef-0123-456789abcdef"), image.DebugDirectory?.Guid);
        Assert.Empty(image.RuntimeFunctions);
        Assert.Null(image.LoadConfig);
    }

    [Fact]
    public void A_user_mode_subsystem_is_refused() =>
        Assert.Equal(
            "x.sys: built for the Windows console subsystem, not as a kernel-mode image (native)", Refusal(builder => builder.Subsystem = 3));

    [Fact]
    public void What_is_no_PE_image_is_named()
    {
        Assert.Equal("x.sys: the file is empty", Refusal([]));
        Assert.Equal("x.sys: not a Windows image: its first two bytes are not MZ", Refusal([1, 2, 3]));
        Assert.Equal("x.sys: not a Windows image: an ELF file", Refusal([0x7F, (byte)'E', (byte)'L', (byte)'F', 0]));
        var dos = PeBuilder.Driver().Build();
        dos[0x3C] = dos[0x3D] = dos[0x3E] = dos[0x3F] = 0xFF;
        Assert.StartsWith("x.sys: not a Windows image: a DOS program", Refusal(dos), StringComparison.Ordinal);
        var ne = PeBuilder.Driver().Build();
        "NE"u8.CopyTo(ne.AsSpan(0x80));
        Assert.Equal("x.sys: not a Windows image: a 16-bit Windows program (NE)", Refusal(ne));
    }

    [Fact]
    public void A_folder_a_missing_file_and_a_file_above_the_limit_are_refused()
    {
        var folder = Directory.CreateTempSubdirectory("lastref");
        try
        {
            var files = new PhysicalFiles();
            Assert.EndsWith("is a folder, not a file", Assert.Throws<ImageFormatException>(() => DriverImageCheck.Load(folder.FullName, files)).Message, StringComparison.Ordinal);
            var path = Path.Combine(folder.FullName, "a.sys");
            Assert.EndsWith("no such file", Assert.Throws<ImageFormatException>(() => DriverImageCheck.Load(path, files)).Message, StringComparison.Ordinal);
            File.WriteAllBytes(path, PeBuilder.Driver().Build());
            Assert.Equal(7, DriverImageCheck.Load(path, files).Sections.Count);
            var limits = new ImageLimits { FileBytes = 1000 };
            Assert.EndsWith("the limit is 1000", Assert.Throws<ImageFormatException>(() => DriverImageCheck.Load(path, files, limits)).Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_message_is_one_line_whatever_the_file_says()
    {
        var message = Refusal(builder => builder.AddImports(("api-ms-\u001b[2J\r\n.dll", ["Any"])));
        Assert.DoesNotContain(message, char.IsControl);
        Assert.StartsWith("x.sys: imports from api-ms-?[2J??.dll", message, StringComparison.Ordinal);
    }
}
