using System.Globalization;
using System.Text.Json.Serialization;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Social.Platforms;

/// <summary>
/// What Instagram and Facebook share: forms, errors by code (Meta's <c>graph-api/guides/error-handling</c> and
/// <c>instagram-platform/reference/error-codes</c>), times and headers.
/// </summary>
internal static class MetaGraph
{
    private static readonly TimeSpan LimitWait = TimeSpan.FromMinutes(5);

    /// <summary>A POST of a form; what is null is left out. Relative to the base address of the account's client.</summary>
    public static HttpRequestMessage Post(string path, params (string Name, string? Value)[] form) => new(HttpMethod.Post, path)
    {
        Content = new FormUrlEncodedContent(
            from field in form where field.Value is not null select KeyValuePair.Create(field.Name, field.Value)),
    };

    /// <summary>A GET.</summary>
    public static HttpRequestMessage Get(string path) => new(HttpMethod.Get, path);

    /// <summary>Their times: <c>2026-11-29T14:00:00+0000</c>.</summary>
    public static DateTimeOffset TimeOf(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : default;

    /// <summary>What an error answer means.</summary>
    public static ProviderFailure FailureOf(string label, PlatformAnswer answer)
    {
        var error = answer.Read(MetaJson.Default.MetaError)?.Error;
        var code = error is null ? null
            : error.ErrorSubcode is { } sub ? $"{error.Code}/{sub}" : error.Code.ToString(CultureInfo.InvariantCulture);
        var text = answer.Describe(label, code, error?.ErrorUserMsg ?? error?.Message);
        var wait = RateHeaders.OfMeta(answer) ?? RateHeaders.RetryAfter(answer);
        return KindOf(error) switch
        {
            FailureKind.Throttled when error!.ErrorSubcode == 2207042 =>
                Failure(FailureKind.Throttled, RateHeaders.UntilMidnight(answer.At)),
            FailureKind.Throttled => Failure(FailureKind.Throttled, wait ?? LimitWait),
            { } kind => Failure(kind, wait),
            null when error is not null && answer.Status is >= 400 and < 500 and not (408 or 429) => Failure(FailureKind.Permanent),
            null => answer.FailureOfStatus(text, wait, LimitWait, code, isOwn: error is not null),
        };

        ProviderFailure Failure(FailureKind kind, TimeSpan? retryAfter = null) => new(kind, text, answer.Status, retryAfter, code);
    }

    private static FailureKind? KindOf(MetaError.Content? error) => (error?.Code, error?.ErrorSubcode) switch
    {
        (null, _) => null,

        // the account is restricted, or what it does is
        (_, 2207050 or 2207051) or (368, _) => FailureKind.AccountBlocked,

        // its posts of a day are made
        (_, 2207042) => FailureKind.Throttled,

        // the media could not be fetched or expired, and another container is to be made (2207008, 2207020, 2207053); this one is not ready
        (_, 2207001 or 2207032 or 2207003 or 2207008 or 2207020 or 2207053 or 2207027) => FailureKind.Transient,

        // of media and captions
        (_, 2207004 or 2207005 or 2207009 or 2207010 or 2207026) or (36003, _) => FailureKind.Permanent,

        // the session ended, there is none, or its token is not good
        (102 or 104 or 190 or 463 or 467, _) => FailureKind.Unauthorized,

        // of the application, the user, the page, its use in general; and of business use cases
        (4 or 17 or 32 or 341 or 613 or (>= 80_000 and <= 80_014), _) => FailureKind.Throttled,
        (1 or 2 or -1 or -2, _) => FailureKind.Transient,

        // an object that is not there, or is another's
        (100, 33) or (803, _) => FailureKind.NotFound,

        // permissions, a duplicate, a link that is not taken
        (10 or (>= 200 and <= 299) or 506 or 1_609_005, _) => FailureKind.Permanent,
        _ => error!.IsTransient == true ? FailureKind.Transient : null,
    };
}

/// <summary>An answer that names what was made.</summary>
internal sealed record MetaId(string? Id);

/// <summary>An error answer.</summary>
internal sealed record MetaError(MetaError.Content? Error)
{
    internal sealed record Content(int Code, int? ErrorSubcode, bool? IsTransient, string? Message, string? ErrorUserMsg);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(MetaId))]
[JsonSerializable(typeof(MetaError))]
internal sealed partial class MetaJson : JsonSerializerContext;
