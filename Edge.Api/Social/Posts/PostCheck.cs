using Switchboard.Core.Social;
using Switchboard.Core.Social.Platforms;
using Switchboard.Core.Social.Posts;

namespace Switchboard.Edge.Api.Social.Posts;

/// <summary>What some accounts of a platform get, and what the platform says to it.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="Accounts">The accounts that get it; none where it was asked of the platform alone.</param>
/// <param name="Text">The text as the platform gets it.</param>
/// <param name="Length">How long that is, as the platform counts.</param>
/// <param name="MaxLength">How long it may be.</param>
/// <param name="Problems">What it would be refused for.</param>
internal sealed record CheckedVariant(
    string Platform, IReadOnlyList<Guid> Accounts, string Text, int Length, int MaxLength, IReadOnlyList<PostProblem> Problems);

/// <summary>Asks the rules of the platforms before anything is scheduled. Pure decisions.</summary>
internal static class PostCheck
{
    /// <summary>Each variant once, with what is wrong with it.</summary>
    public static IReadOnlyList<CheckedVariant> Of(
        PostContent content, IEnumerable<TargetAccount> targets, IReadOnlyDictionary<Guid, MediaFacts> media) =>
    [
        .. from target in targets
           group target.Id by (target.Platform, target.Limits, Own: content.Accounts.ContainsKey(target.Id) ? target.Id : (Guid?)null)
           into same
           let variant = content.For(same.Key.Platform, same.First())
           select Of(
               InstanceLimits.Of(same.Key.Platform, same.Key.Limits), [.. same.Where(id => id != Guid.Empty)], variant, media),
    ];

    /// <summary>What is wrong, by the fields of the post.</summary>
    public static IEnumerable<PostError> Errors(int index, PostContent content, IEnumerable<CheckedVariant> variants) =>
        from variant in variants
        from problem in variant.Problems
        select new PostError(index, FieldOf(content, variant, problem.Field), problem.Message);

    private static CheckedVariant Of(
        PlatformDefinition platform, IReadOnlyList<Guid> accounts, PostVariant variant, IReadOnlyDictionary<Guid, MediaFacts> media)
    {
        var text = variant.Text ?? "";
        return new(
            platform.Name, accounts, PostRules.Render(platform, text, variant.Link), PostRules.LengthOf(platform, text, variant.Link),
            platform.MaxText,
            PostRules.Check(platform, text, variant.Link, [.. (variant.Media ?? []).Where(media.ContainsKey).Select(id => media[id])]));
    }

    // where the value stands that the platform refuses: with the account, with the platform, or with all
    private static string FieldOf(PostContent content, CheckedVariant variant, string field)
    {
        if (variant.Accounts is [var account] && content.Accounts.TryGetValue(account, out var own) && Has(own, field))
            return $"content.accounts.{account}.{field}";
        return content.Platforms.TryGetValue(variant.Platform, out var common) && Has(common, field)
            ? $"content.platforms.{variant.Platform}.{field}"
            : $"content.{field}";
    }

    private static bool Has(PostVariant variant, string field) => field.Split('[')[0] switch
    {
        "text" => variant.Text is not null,
        "link" => variant.Link is not null,
        _ => variant.Media is not null,
    };
}
