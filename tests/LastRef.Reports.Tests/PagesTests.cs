using LastRef.Reports;

namespace LastRef.Tests;

public class PagesTests
{
    [Fact]
    public void Every_reason_of_the_catalogue_has_a_page_that_names_its_rule()
    {
        foreach (var info in Reasons.All.Where(info => info.Reason != Reason.Unlisted))
        {
            var page = Pages.Find(info.Id);
            Assert.True(page is not null, $"{info.Id} has no page");
            Assert.StartsWith(info.Id + " ", page, StringComparison.Ordinal);
            Assert.Contains($"Rule {info.Rule}.", page, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("R-03")]
    [InlineData("r-3")]
    [InlineData("L" + "-06")]
    [InlineData("L-6")]
    public void A_page_is_found_however_its_number_is_written(string id) => Assert.NotNull(Pages.Find(id));

    [Theory]
    [InlineData("R" + "-99")]
    [InlineData("L" + "-0")]
    [InlineData("../rules")]
    [InlineData("")]
    public void There_is_no_page_on_anything_else(string id) => Assert.Null(Pages.Find(id));

    [Fact]
    public void Pages_are_plain_text()
    {
        foreach (var id in Pages.Ids)
        {
            var page = Pages.Find(id)!;
            Assert.DoesNotContain("```", page, StringComparison.Ordinal);
            Assert.DoesNotContain("## ", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_rule_that_a_reason_names_has_a_page() =>
        Assert.All(Reasons.All, info => Assert.NotNull(Pages.Find(info.Rule)));
}
