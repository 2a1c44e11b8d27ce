using System.Text.Json;
using FluentValidation;
using FluentValidation.Results;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Posts;

namespace Switchboard.Edge.Api.Social.Posts;

/// <summary>What is said and where, by the two requests that have it: a new post, and a change.</summary>
internal abstract class PostFields
{
    /// <summary>What it says, with variants for platforms and accounts.</summary>
    public PostContentBody? Content { get; init; }

    /// <summary>Where it goes: accounts, and groups as they are at the moment. Up to 1,000 accounts together.</summary>
    public PostTargetsBody? Targets { get; init; }

    /// <summary>When it goes out; left out of a new post without a schedule, or past: at once.</summary>
    public DateTimeOffset? ScheduledAt { get; init; }

    /// <summary>A schedule of slots in whose queue it waits, in the place of a time.</summary>
    public Guid? ScheduleId { get; init; }

    /// <summary>Whether it only is kept, for now.</summary>
    public bool? Draft { get; init; }

    /// <summary>Up to 20 words by which it is found.</summary>
    public IReadOnlyList<string?>? Tags { get; init; }

    /// <summary>A JSON object of up to 16 kB, kept with it.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>Whether it may say what was said at one of the user's accounts already.</summary>
    public bool? AllowDuplicates { get; init; }

    /// <summary>Its tags, each once; it was validated.</summary>
    internal IReadOnlyList<string> TagList() => [.. (Tags ?? []).Select(tag => tag!.Trim()).Distinct()];

    /// <summary>Its metadata as it is stored; null where it says nothing.</summary>
    internal string? MetadataJson() => Metadata is { ValueKind: JsonValueKind.Object } given ? given.GetRawText() : null;
}

/// <summary>A new post.</summary>
internal sealed class PostBody : PostFields
{
    /// <summary>The same post, which may say what was said already.</summary>
    public PostBody WithDuplicates() => new()
    {
        Content = Content,
        Targets = Targets,
        ScheduledAt = ScheduledAt,
        ScheduleId = ScheduleId,
        Draft = Draft,
        Tags = Tags,
        Metadata = Metadata,
        AllowDuplicates = true,
    };

    /// <summary>The post; it was validated, and its targets and its place in a queue are the caller's.</summary>
    public NewPost ToPost(PostTargets targets, long? queuePosition, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), Content!.ToContent(), targets)
        {
            State = Draft is true ? PostStates.Draft : PostStates.Scheduled,
            ScheduledAt = ScheduledAt?.ToStorable() ?? (Draft is true || ScheduleId is not null ? null : now),
            ScheduleId = Draft is true ? null : ScheduleId,
            QueuePosition = Draft is true ? null : queuePosition,
            Tags = TagList(),
            Metadata = MetadataJson() ?? "{}",
        };
}

/// <summary>What a post says.</summary>
internal sealed class PostContentBody
{
    /// <summary>The text; may be left out where there is media.</summary>
    public string? Text { get; init; }

    /// <summary>A link: a card where the platform makes one, else it follows the text.</summary>
    public string? Link { get; init; }

    /// <summary>Files of the media library, in their order.</summary>
    public IReadOnlyList<Guid>? Media { get; init; }

    /// <summary>What differs for a platform, by its name.</summary>
    public IReadOnlyDictionary<string, PostVariant?>? Platforms { get; init; }

    /// <summary>What differs for an account, by its id.</summary>
    public IReadOnlyDictionary<Guid, PostVariant?>? Accounts { get; init; }

    /// <summary>It as it is stored; it was validated.</summary>
    public PostContent ToContent() => new()
    {
        Text = Text ?? "",
        Link = string.IsNullOrWhiteSpace(Link) ? null : Link.Trim(),
        Media = Media ?? [],
        Platforms = (Platforms ?? new Dictionary<string, PostVariant?>()).Where(one => one.Value is not null)
            .ToDictionary(one => one.Key, one => one.Value!),
        Accounts = (Accounts ?? new Dictionary<Guid, PostVariant?>()).Where(one => one.Value is not null)
            .ToDictionary(one => one.Key, one => one.Value!),
    };
}

/// <summary>Where a post goes.</summary>
internal sealed class PostTargetsBody
{
    /// <summary>Accounts.</summary>
    public IReadOnlyList<Guid>? Accounts { get; init; }

    /// <summary>Groups of accounts.</summary>
    public IReadOnlyList<Guid>? Groups { get; init; }

    /// <summary>It as it is stored.</summary>
    public PostTargets ToTargets() => new() { Accounts = [.. (Accounts ?? []).Distinct()], Groups = [.. (Groups ?? []).Distinct()] };
}

/// <summary>What holds for new posts and for changes.</summary>
internal abstract class PostFieldsValidator<TBody> : Validator<TBody>
    where TBody : PostFields
{
    private const int MaxText = 64_000;
    private const int MaxLink = 2_000;
    private const int MaxMedia = 20;
    private const int MaxGroups = 100;
    private const int MaxTags = 20;
    private const int MaxTag = 50;
    private const int MaxMetadata = 16 * 1024;

    private static readonly TimeSpan Furthest = TimeSpan.FromDays(366);

    protected PostFieldsValidator(TimeProvider timeProvider)
    {
        RuleFor(body => body.Content).Custom((content, context) =>
        {
            foreach (var (field, error) in content is null ? [] : ErrorsOf(content))
                context.AddFailure(new ValidationFailure($"{context.PropertyPath}.{field}", error));
        });
        RuleFor(body => body.Targets!.Accounts).Must(accounts => accounts is null or { Count: <= PostResolution.MaxTargets })
            .When(body => body.Targets is not null)
            .WithMessage(body => $"It has {body.Targets!.Accounts!.Count} entries; {PostResolution.MaxTargets} are the most.");
        RuleFor(body => body.Targets!.Groups).Must(groups => groups is null or { Count: <= MaxGroups })
            .When(body => body.Targets is not null)
            .WithMessage(body => $"It has {body.Targets!.Groups!.Count} entries; {MaxGroups} are the most.");
        RuleFor(body => body.ScheduledAt).Must(at => at <= timeProvider.GetUtcNow() + Furthest)
            .When(body => body.ScheduledAt is not null).WithMessage($"It must be within {Furthest.Days} days.");
        RuleFor(body => body.ScheduleId).Null().When(body => body.ScheduledAt is not null)
            .WithMessage("Use either scheduledAt or scheduleId, not both.");
        RuleFor(body => body.Tags).ListOf(MaxTags, MaxTag);
        RuleFor(body => body.Metadata).Custom((metadata, context) =>
        {
            if (metadata is { } given && ErrorOf(given) is { } error)
                context.AddFailure(error);
        });
    }

    internal static IEnumerable<(string Field, string Error)> ErrorsOf(PostContentBody content)
    {
        var fields = new List<(string Path, PostVariant Variant)>
        {
            ("", new() { Text = content.Text, Link = content.Link, Media = content.Media }),
        };
        fields.AddRange((content.Platforms ?? new Dictionary<string, PostVariant?>()).Where(one => one.Value is not null)
            .Select(one => ($"platforms.{one.Key}.", one.Value!)));
        fields.AddRange((content.Accounts ?? new Dictionary<Guid, PostVariant?>()).Where(one => one.Value is not null)
            .Select(one => ($"accounts.{one.Key}.", one.Value!)));
        foreach (var name in content.Platforms?.Keys.Where(name => !SocialPlatforms.All.ContainsKey(name)) ?? [])
            yield return ("platforms", $"'{StorableText.Start(name, MaxTag)}' is none of {string.Join(", ", SocialPlatforms.All.Keys)}.");
        if (content.Accounts is { Count: > PostResolution.MaxTargets })
            yield return ("accounts", $"It has {content.Accounts.Count} entries; {PostResolution.MaxTargets} are the most.");
        foreach (var (path, variant) in fields)
        {
            if (variant.Text is { Length: > MaxText })
                yield return ($"{path}text", $"It has {variant.Text.Length} characters; {MaxText} are the most.");
            else if (!TextRules.IsStorable(variant.Text))
                yield return ($"{path}text", TextRules.NotStorable);
            if (!string.IsNullOrWhiteSpace(variant.Link) && !IsLink(variant.Link))
                yield return ($"{path}link", $"It must be an http or https address of at most {MaxLink} characters.");
            if (variant.Media is { Count: > MaxMedia } || variant.Media?.Distinct().Count() < variant.Media?.Count)
                yield return ($"{path}media", $"It must have at most {MaxMedia} entries, each once.");
        }
    }

    private static bool IsLink(string link) =>
        link.Length <= MaxLink && TextRules.IsStorable(link)
        && Uri.TryCreate(link.Trim(), UriKind.Absolute, out var address) && address.Scheme is "http" or "https";

    private static string? ErrorOf(JsonElement metadata) => metadata.ValueKind switch
    {
        JsonValueKind.Null => null,
        not JsonValueKind.Object => "It must be an object.",
        _ when System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(metadata).Length > MaxMetadata =>
            $"It is larger than {MaxMetadata / 1024} kB.",
        _ => TextRules.IsStorable(metadata) ? null : TextRules.NotStorableJson,
    };
}

internal sealed class PostBodyValidator : PostFieldsValidator<PostBody>
{
    public PostBodyValidator(TimeProvider timeProvider)
        : base(timeProvider)
    {
        RuleFor(body => body.Content).NotNull();
        RuleFor(body => body.Targets)
            .Must(targets => targets?.ToTargets().IsEmpty is false)
            .When(body => body.Draft is not true && body.ScheduleId is null)
            .WithMessage("It must name accounts or groups.");
    }
}
