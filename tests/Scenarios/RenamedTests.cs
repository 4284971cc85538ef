using System.Buffers.Binary;
using System.Security.Cryptography;
using LastRef.Lab;
using LastRef.Symbols;

namespace LastRef.Tests;

/// <summary>Nothing is known by a file's name or from its debug data: a renamed, stripped driver is judged alike.</summary>
public sealed class RenamedTests
{
    public static TheoryData<ExpectedRow> Rows() => [.. ExpectedRow.Read().Where(r => r.With == "-" && !ExpectedTests.Gaps.ContainsKey(r.Key))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_driver_without_name_and_debug_data_is_judged_alike(ExpectedRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var scenario = row.Scenario == "-" ? null : row.Scenario;
        var known = Checks.Run(row.File, null, scenario);
        var stripped = Strip(File.ReadAllBytes(Repository.Driver(row.File)));
        var name = Convert.ToHexStringLower(SHA256.HashData(stripped))[..24] + ".sys";
        var renamed = Checks.Run(new InputFile(name, stripped), [], scenario);
        Assert.Equal(Summary(known), Summary(renamed));
    }

    private static string Summary(CheckResult result) =>
        string.Join('\n', result.Scenarios.Select(s =>
            $"{s.Verdict.Scenario} {s.Verdict.Verdict} " +
            string.Join(' ', s.Verdict.Findings.Select(f => $"{f.Reason}/{f.Certainty}/{f.Blame.Party}@{f.Site?.Rva.Value:x}"))));

    /// <summary>Empties the debug sections and forgets the COFF symbols and the PDB's name.</summary>
    private static byte[] Strip(byte[] file)
    {
        var image = PeImage.Parse(file, "driver");
        foreach (var section in image.Sections.Where(s => s.Name.StartsWith(".debug", StringComparison.Ordinal)))
            file.AsSpan((int)section.RawOffset, (int)section.RawSize).Clear();
        var header = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(0x3C));
        file.AsSpan(header + 12, 8).Clear();

        // Data directory 6 is the debug directory (PE32+ optional header, 112 bytes before the directories).
        file.AsSpan(header + 24 + 112 + (6 * 8), 8).Clear();
        return file;
    }
}
