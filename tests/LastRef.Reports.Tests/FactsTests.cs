using System.Text.RegularExpressions;
using LastRef.Reports;

namespace LastRef.Tests;

public sealed partial class FactsTests
{
    [Fact]
    public void A_fact_comes_with_its_section_and_with_its_source_in_words()
    {
        var fact = Facts.Find("U-1.12")!;
        Assert.Equal("U-1.12  Only a PDO has a DeviceNode.\n\nin: U-1 Objects and counters\nrests on: another implementation's source: plausible, no proof\n", fact);
        Assert.Equal(fact, Facts.Find("u-1.12"));
    }

    [Fact]
    public void Every_fact_that_a_page_cites_can_be_looked_up()
    {
        var cited = Pages.Ids.SelectMany(id => Citation().Matches(Pages.Find(id)!)).Select(match => match.Value).Distinct().ToList();
        Assert.True(cited.Count > 50, $"Only {cited.Count} facts are cited.");
        Assert.All(cited, id => Assert.Contains("\nrests on: ", Facts.Find(id) ?? "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("U" + "-99.1")]
    [InlineData("U-")]
    [InlineData("")]
    public void Nothing_else_is_a_fact(string id) => Assert.Null(Facts.Find(id));

    [GeneratedRegex(@"\bU-\d+\.\d+[a-z]?\b")]
    private static partial Regex Citation();
}
