using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LastRef.LayoutExtract;

// Usage: LastRef.LayoutExtract <build> <kernel version> <symbols.json | symbols.json.xz> <wanted.txt> <output.layout>
// Example: LastRef.LayoutExtract 7601 6.1.7601.24540 339E74133576439CBCDF7E0229DA3773-1.json.xz wanted.txt 7601.layout
if (args.Length != 5 || !int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out var build))
{
    Console.Error.WriteLine("usage: LastRef.LayoutExtract <build> <kernel version> <symbols.json[.xz]> <wanted.txt> <output.layout>");
    return 64;
}

using var symbols = JsonDocument.Parse(ReadSymbols(args[2]));
var wanted = WantedTypes.Read(args[3]);
var text = new IsfExtractor(symbols.RootElement, wanted).Extract(build, args[1], out var missing);
File.WriteAllText(args[4], text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
Console.Error.WriteLine($"{args[4]}: {text.Length} characters; not in this build: {string.Join(' ', missing)}");
return 0;

static byte[] ReadSymbols(string path)
{
    if (!path.EndsWith(".xz", StringComparison.Ordinal))
        return File.ReadAllBytes(path);
    using var xz = Process.Start(new ProcessStartInfo("xz", ["-dc", path]) { RedirectStandardOutput = true })
        ?? throw new InvalidOperationException("Cannot start xz.");
    using var content = new MemoryStream();
    xz.StandardOutput.BaseStream.CopyTo(content);
    xz.WaitForExit();
    if (xz.ExitCode != 0)
        throw new InvalidOperationException($"xz -dc {path} ended with code {xz.ExitCode}.");
    return content.ToArray();
}
