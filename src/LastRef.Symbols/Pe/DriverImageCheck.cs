namespace LastRef.Symbols;

/// <summary>Decides whether the kernel's loader would refuse a file before any of its code runs.</summary>
public static class DriverImageCheck
{
    /// <summary>Reads a driver and checks it.</summary>
    /// <exception cref="ImageFormatException">No such file, a folder, empty, too large, malformed, or refused by <see cref="FindRefusal"/>.</exception>
    public static PeImage Load(string path, IFileSource files, ImageLimits? limits = null)
    {
        limits ??= ImageLimits.Default;
        var bytes = files.TryRead(path, limits.FileBytes) ?? throw new ImageFormatException(path, "no such file");
        return Parse(bytes, path, limits);
    }

    /// <summary>Parses a driver and checks it; imports and relocations are known to be well formed afterwards.</summary>
    /// <exception cref="ImageFormatException">Malformed, or refused by <see cref="FindRefusal"/>.</exception>
    public static PeImage Parse(ReadOnlyMemory<byte> file, string displayName, ImageLimits? limits = null)
    {
        var image = PeImage.Parse(file, displayName, limits);
        if (FindRefusal(image) is { } refusal)
            throw new ImageFormatException(displayName, refusal);
        // The loader walks all of them, so a malformed entry anywhere refuses the image.
        foreach (var _ in image.Relocations)
        {
        }
        return image;
    }

    /// <summary>Why Windows' kernel would not load the image, in one line without the file's name; null when nothing speaks against it.</summary>
    /// <exception cref="ImageFormatException">The import directory is malformed.</exception>
    /// <remarks>
    /// Imports are judged before the subsystem: they say more. Source: "PE Format" (machine, subsystem); /DRIVER and /SUBSYSTEM linker reference
    /// (a kernel-mode image is NATIVE); <see cref="UserModeModules"/>. What the kernel does with another subsystem is not documented: the text
    /// then says what the image was built for, not that Windows would refuse it.
    /// </remarks>
    public static string? FindRefusal(PeImage image)
    {
        if (image.Machine != ImageMachine.Amd64)
            return $"built for {MachineName(image.Machine)}; only x64 drivers can be checked";
        if (!image.IsPe32Plus)
            return "an x64 machine type with a 32-bit optional header; Windows would refuse it";
        if ((image.Characteristics & ImageFileCharacteristics.ExecutableImage) == 0)
            return "the linker left it incomplete (not marked as executable image); Windows would refuse it";
        foreach (var module in image.Imports)
        {
            if (UserModeModules.Contains(module.Name))
                return $"imports from {PrintableText.Of(module.Name)}, a user-mode DLL; the kernel would refuse to load it";
        }
        if (image.Subsystem != ImageSubsystem.Native)
            return $"built for the {SubsystemName(image.Subsystem)} subsystem, not as a kernel-mode image (native)";
        return null;
    }

    private static string MachineName(ImageMachine machine) => machine switch
    {
        ImageMachine.I386 => "32-bit x86",
        ImageMachine.Arm or ImageMachine.ArmThumb2 => "32-bit ARM",
        ImageMachine.Arm64 or ImageMachine.Arm64EC or ImageMachine.Arm64X => "ARM64",
        ImageMachine.Ia64 => "Itanium",
        _ => $"machine type 0x{(ushort)machine:x4}",
    };

    private static string SubsystemName(ImageSubsystem subsystem) => subsystem switch
    {
        ImageSubsystem.WindowsGui => "Windows GUI",
        ImageSubsystem.WindowsCui => "Windows console",
        >= ImageSubsystem.EfiApplication and <= ImageSubsystem.EfiRom => "UEFI",
        ImageSubsystem.WindowsBootApplication => "boot application",
        _ => $"number {(ushort)subsystem}",
    };
}
