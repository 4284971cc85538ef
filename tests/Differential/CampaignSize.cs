namespace LastRef.Tests;

/// <summary>Cases of one test run: 300,000 together, or with LASTREF_NIGHTLY=1 over 20 million.</summary>
internal static class CampaignSize
{
    private static bool IsNightly => Environment.GetEnvironmentVariable("LASTREF_NIGHTLY") == "1";

    public static long Unicorn => IsNightly ? 8_000_000 : 110_000;

    public static long Host => IsNightly ? 12_000_000 : 160_000;

    public static long FarReturns => IsNightly ? 200_000 : 2_000;

    public static long Blocks => IsNightly ? 500_000 : 30_000;
}
