using System.CommandLine;
using System.Text;
using LastRef.Lab;
using LastRef.Reports;
using LastRef.Symbols;

namespace LastRef.Cli;

/// <summary>The tool's own reading and writing of files.</summary>
internal static class Files
{
    /// <summary>A mistyped option is wrong usage, not the name of a file; a file of such a name is given as <c>./--name</c>.</summary>
    public static void RefuseOptions(Argument argument) => argument.Validators.Add(result =>
    {
        foreach (var token in result.Tokens.Where(token => token.Value.StartsWith('-')))
            result.AddError($"There is no option '{token.Value}'.");
    });

    /// <summary>A scenario that the lab does not have is a mistake of the command line; the message names those it has.</summary>
    public static void RefuseUnknownScenarios(Option option) => option.Validators.Add(result =>
    {
        var checker = new LabChecker();
        foreach (var problem in result.Tokens.Select(token => checker.WhyUnknown(token.Value)).OfType<string>())
            result.AddError(problem);
    });

    /// <exception cref="InputException">No such file, a folder, too large, or not readable.</exception>
    public static InputFile Read(string path)
    {
        var content = new PhysicalFiles().TryRead(path, ImageLimits.Default.FileBytes) ?? throw new InputException($"{path}: no such file");
        return new InputFile(path, content);
    }

    /// <summary>Writes a whole file or nothing: under another name first, then moved to its place. What lies below /dev is no file and is written to itself.</summary>
    /// <exception cref="InputException">It cannot be written.</exception>
    public static void Write(string path, string text)
    {
        if (Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal))
        {
            WriteTo(path, text);
            return;
        }

        var temporary = path + ".lastref-tmp";
        try
        {
            File.WriteAllText(temporary, text, new UTF8Encoding(false));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
            var why = error is DirectoryNotFoundException ? $"there is no folder {Path.GetDirectoryName(path)}" : error.Message;
            throw new InputException($"{path}: cannot be written: {why}");
        }
    }

    /// <summary>Writes one of several outputs: one that fails is told in a line on standard error and keeps no other from being written.</summary>
    /// <returns>False when it failed.</returns>
    public static bool TryOutput(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (InputException refused)
        {
            Console.Error.WriteLine($"lastref: {refused.Message}");
            return false;
        }
    }

    private static void WriteTo(string device, string text)
    {
        try
        {
            using var stream = new FileStream(device, FileMode.Open, FileAccess.Write);
            stream.Write(new UTF8Encoding(false).GetBytes(text));
            stream.Flush();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new InputException($"{device}: cannot be written: {error.Message}");
        }
    }

    /// <summary>Symbols of the driver and its neighbours.</summary>
    public static ISiteResolver SymbolsOf(CheckRequest request, IReadOnlyList<string> folders)
    {
        var images = new Dictionary<string, ImageSymbols>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in request.With.Prepend(request.Driver))
            images.TryAdd(file.FileName, ImageSymbols.Load(PeImage.Parse(file.Content, file.Path), file.Path, folders));
        return new ImageSiteResolver(images);
    }
}
