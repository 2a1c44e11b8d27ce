using System.Text.Json;
using FluentValidation;
using FluentValidation.Results;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Notify;

namespace Switchboard.Edge.Api.Notifications.Notify;

/// <summary>What happened, to whom it is to be told, and within which bounds.</summary>
internal sealed class NotifyBody
{
    /// <summary>Up to 1,000: the id of a recipient, or an object with one of id, email, phone, whatsapp and topic.</summary>
    public IReadOnlyList<NotifyTargetBody?>? To { get; init; }

    /// <summary>What it is about; <c>default</c> if left out.</summary>
    public string? Category { get; init; }

    /// <summary>The key of a template; or else content.</summary>
    public string? Template { get; init; }

    /// <summary>What it says, as it is; or else a template.</summary>
    public NotifyContentBody? Content { get; init; }

    /// <summary>What the template is filled with: a JSON object of up to 32 kB.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>Over these channels; left out, over those of the category, or whatever reaches the recipient.</summary>
    public IReadOnlyList<string?>? Channels { get; init; }

    public NotifyFallbackBody? Fallback { get; init; }

    /// <summary>critical (for which the key needs that scope), high, normal (if left out), low or very-low.</summary>
    public JobPriority? Priority { get; init; }

    /// <summary>Not before this time; left out or past, it is now.</summary>
    public DateTimeOffset? SendAt { get; init; }

    /// <summary>Not after this time.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Of a key there is one request, however often it is asked for; each answers the id of the first.</summary>
    public string? DedupKey { get; init; }

    /// <summary>Where the category has a digest: false for at once, or the key by which it is gathered.</summary>
    public NotifyDigestBody? Digest { get; init; }

    /// <summary>What it asks for; it was validated.</summary>
    /// <param name="topics">The user's topics that it names, by name.</param>
    public NotifyRequest ToRequest(IReadOnlyDictionary<string, Guid> topics) => new()
    {
        To = [.. To!.Select(target => target!.ToTarget(topics))],
        Template = Template,
        Content = Content is null ? null : new(Content.Subject, Content.Body!),
        Data = Data,
        Channels = Channels is null ? null : [.. Channels.OfType<string>()],
        Fallback = Fallback is null ? null : new([.. Fallback.Channels!.OfType<string>()], Fallback.AfterMinutes),
        DigestKey = Digest?.Key ?? "",
        SkipsDigest = Digest is { IsOff: true },
        SendAt = SendAt,
        ExpiresAt = ExpiresAt,
    };
}

/// <summary>What a notification says without a template: plain text.</summary>
internal sealed class NotifyContentBody
{
    public string? Subject { get; init; }

    public string? Body { get; init; }
}

/// <summary>Channels that take each other's place.</summary>
internal sealed class NotifyFallbackBody
{
    /// <summary>In their order: the next one goes where the one before failed for good.</summary>
    public IReadOnlyList<string?>? Channels { get; init; }

    /// <summary>Or was not delivered within this time.</summary>
    public int? AfterMinutes { get; init; }
}

internal sealed class NotifyBodyValidator : Validator<NotifyBody>
{
    private const int MaxTargets = 1_000;
    private const int MaxSubject = 500;
    private const int MaxText = 64_000;
    private const int MaxKey = 200;
    private const int MaxAfterMinutes = 7 * 24 * 60;

    private static readonly TimeSpan Furthest = TimeSpan.FromDays(366);

    public NotifyBodyValidator(TimeProvider timeProvider)
    {
        RuleFor(body => body.To).NotEmpty().Custom(Targets);
        RuleFor(body => body.Category).NotEmpty().Text(MaxKey).When(body => body.Category is not null);
        RuleFor(body => body.Content).Must((body, content) => content is null != body.Template is null)
            .WithMessage("It must have either a template or a content.");
        RuleFor(body => body.Template).NotEmpty().Text(MaxKey).When(body => body.Template is not null);
        RuleFor(body => body.Content!.Body).Visible().Text(MaxText).When(body => body.Content is not null);
        RuleFor(body => body.Content!.Subject).Text(MaxSubject).When(body => body.Content is not null);
        RuleFor(body => body.Data).Custom((data, context) =>
        {
            if (data is { } given && NotifyData.ErrorOf(given) is { } error)
                context.AddFailure(error);
        });
        RuleFor(body => body.Channels).Custom((channels, context) => ChannelList(channels, 1, context));
        RuleFor(body => body.Fallback!.Channels)
            .NotNull()
            .Custom((channels, context) => ChannelList(channels, 2, context))
            .When(body => body.Fallback is not null);
        RuleFor(body => body.Fallback!.AfterMinutes).InclusiveBetween(1, MaxAfterMinutes).When(body => body.Fallback is not null);
        RuleFor(body => body.SendAt)
            .Must(at => at <= timeProvider.GetUtcNow() + Furthest)
            .When(body => body.SendAt is not null)
            .WithMessage($"It must be within {Furthest.Days} days.");
        RuleFor(body => body.ExpiresAt)
            .Must((body, at) => at > timeProvider.GetUtcNow() && (body.SendAt is null || at > body.SendAt))
            .When(body => body.ExpiresAt is not null)
            .WithMessage("It must be in the future, and after sendAt.");
        RuleFor(body => body.DedupKey).NotEmpty().Text(MaxKey).When(body => body.DedupKey is not null);
        RuleFor(body => body.Digest!.Key).NotEmpty().Text(MaxKey).When(body => body.Digest is { Key: not null });
    }

    private static void Targets(IReadOnlyList<NotifyTargetBody?>? targets, FluentValidation.ValidationContext<NotifyBody> context)
    {
        if (targets is { Count: > MaxTargets })
            context.AddFailure($"It has {targets.Count} entries; {MaxTargets} are the most.");
        foreach (var (index, target) in (targets ?? []).Take(MaxTargets).Index())
        {
            var error = target is null ? "It is empty." : target.Error();
            if (error is not null)
                context.AddFailure(new ValidationFailure($"{context.PropertyPath}[{index}]", error));
        }
    }

    private static void ChannelList(IReadOnlyList<string?>? channels, int least, FluentValidation.ValidationContext<NotifyBody> context)
    {
        if (channels is null)
            return;
        if (channels.Count < least || channels.Distinct().Count() < channels.Count)
            context.AddFailure($"It must have at least {least} entries, each once.");
        foreach (var (index, channel) in channels.Take(MaxTargets).Index().Where(one => Channels.Find(one.Item) is null))
            context.AddFailure(
                new ValidationFailure($"{context.PropertyPath}[{index}]", $"It must be one of {string.Join(", ", Channels.Names)}."));
    }
}

/// <summary>What the data of a request may be.</summary>
internal static class NotifyData
{
    private const int MaxBytes = 32 * 1024;
    private const int MaxDepth = 16;

    /// <summary>What is wrong with it; null if nothing is.</summary>
    public static string? ErrorOf(JsonElement data) => data.ValueKind switch
    {
        JsonValueKind.Null => null,
        not JsonValueKind.Object => "It must be an object.",
        _ when System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(data).Length > MaxBytes => $"It is larger than {MaxBytes / 1024} kB.",
        _ => ErrorOf(data, 1),
    };

    private static string? ErrorOf(JsonElement value, int depth) => value.ValueKind switch
    {
        JsonValueKind.Object or JsonValueKind.Array when depth > MaxDepth => $"It is nested deeper than {MaxDepth} levels.",
        JsonValueKind.Object => value.EnumerateObject()
            .Select(property => IsStorable(() => property.Name) ? ErrorOf(property.Value, depth + 1) : TextRules.NotStorable)
            .FirstOrDefault(error => error is not null),
        JsonValueKind.Array => value.EnumerateArray().Select(item => ErrorOf(item, depth + 1)).FirstOrDefault(error => error is not null),
        JsonValueKind.String when !IsStorable(value.GetString) => TextRules.NotStorable,
        _ => null,
    };

    private static bool IsStorable(Func<string?> text)
    {
        try
        {
            return TextRules.IsStorable(text());
        }
        catch (InvalidOperationException)
        {
            // unpaired surrogates, which no text can be made of
            return false;
        }
    }
}
