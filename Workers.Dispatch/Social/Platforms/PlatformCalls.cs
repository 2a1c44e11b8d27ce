using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;

namespace Switchboard.Workers.Dispatch.Social.Platforms;

/// <summary>Where the requests of an account go, and what they are authorized by. Apart for the tests of the clients.</summary>
internal interface IPlatformAccess
{
    /// <summary>How long a request may take.</summary>
    TimeSpan Timeout { get; }

    /// <summary>The HTTP client of an account; its base address is the API of its platform, or its server.</summary>
    HttpClient ClientOf(SocialAccount account);

    /// <summary>Does something with an access token; once more with another one if it is <see cref="FailureKind.Unauthorized"/>.</summary>
    Task<T> AuthorizedAsync<T>(SocialAccount account, Func<string, Task<T>> use, CancellationToken cancellationToken);
}

/// <summary>
/// The calls of a platform's client. What they differ in is what becomes of a doubt: a request that makes the post and was not answered so
/// that it is certain may have made it (<see cref="FailureKind.UnknownOutcome"/>); any other is simply made again
/// (<see cref="FailureKind.Transient"/>).
/// </summary>
/// <param name="platform">The platform.</param>
/// <param name="access">Where requests go.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="failureOf">What its error answers mean.</param>
internal sealed class PlatformCalls(
    string platform, IPlatformAccess access, TimeProvider timeProvider, Func<PlatformAnswer, ProviderFailure> failureOf)
{
    // the longest that is read is a page of a hundred posts
    private const int LargestAnswer = 4 * 1024 * 1024;

    private readonly string _label = SocialPlatforms.All[platform].Label;

    /// <summary>Asks, or does what may be done twice. The request is made again for another token.</summary>
    public async Task<T> AskAsync<T>(
        SocialAccount account, Func<HttpRequestMessage> request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class => Read(await AskAsync(account, request, cancellationToken), type);

    /// <summary>The same where more than the body is read of the answer.</summary>
    public Task<PlatformAnswer> AskAsync(SocialAccount account, Func<HttpRequestMessage> request, CancellationToken cancellationToken) =>
        SendAsync(
            account,
            request,
            failure => failure.Kind == FailureKind.UnknownOutcome ? failure with { Kind = FailureKind.Transient } : failure,
            cancellationToken);

    /// <summary>The body of an answer that is no post.</summary>
    public T Read<T>(PlatformAnswer answer, JsonTypeInfo<T> type)
        where T : class => answer.Read(type) ?? throw new ProviderException(
            new ProviderFailure(FailureKind.Transient, $"{_label} answered HTTP {answer.Status} with what cannot be read.", answer.Status));

    /// <summary>Makes the post.</summary>
    /// <param name="account">For the account.</param>
    /// <param name="request">The request.</param>
    /// <param name="read">Reads the answer; null if it does not say which post it is.</param>
    /// <param name="cancellationToken">Ends the wait; the post may have been made.</param>
    public async Task<PublishedPost> CreateAsync(
        SocialAccount account, Func<HttpRequestMessage> request, Func<PlatformAnswer, PublishedPost?> read,
        CancellationToken cancellationToken)
    {
        var answer = await SendAsync(
            account,
            request,
            failure => failure is { Kind: FailureKind.Transient, HttpStatus: >= 500 }
                ? failure with { Kind = FailureKind.UnknownOutcome }
                : failure,
            cancellationToken);
        return read(answer) is { RemoteId.Length: > 0 } post
            ? post
            : throw new ProviderException(new ProviderFailure(
                FailureKind.UnknownOutcome, $"{_label} answered HTTP {answer.Status} without the id of the post.", answer.Status));
    }

    /// <summary>Deletes; what is not there is deleted.</summary>
    public async Task DeleteAsync(SocialAccount account, Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(account, request, cancellationToken);
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.NotFound)
        {
            // that is what was wanted
        }
    }

    /// <summary>An answer that was read and that nothing can be done with.</summary>
    public static ProviderException Unusable(FailureKind kind, string error) => new(new ProviderFailure(kind, error, HttpStatus: 200));

    /// <summary>What a file shows, as far as most platforms take it; null for nothing.</summary>
    public static string? AltOf(PublishMedia file, int most = 1_000) =>
        string.IsNullOrWhiteSpace(file.AltText) ? null : StorableText.Cut(file.AltText, most);

    /// <summary>A POST of JSON. Relative to the base address of the account's client.</summary>
    public static HttpRequestMessage Post<T>(string path, T body, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new(HttpMethod.Post, path) { Content = content };
    }

    private async Task<PlatformAnswer> SendAsync(
        SocialAccount account, Func<HttpRequestMessage> request, Func<ProviderFailure, ProviderFailure> inDoubt,
        CancellationToken cancellationToken)
    {
        ProviderException? answered = null;
        try
        {
            return await access.AuthorizedAsync(
                account,
                async token =>
                {
                    var (answer, failure, reason) = await TryAsync(account, request, token, cancellationToken);
                    if (failure is null)
                        return answer!;
                    answered = new ProviderException(inDoubt(failure), reason);
                    throw answered;
                },
                cancellationToken);
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.UnknownOutcome && reason != answered)
        {
            // there was no token: what it was for was never asked
            throw new ProviderException(reason.Failure with { Kind = FailureKind.Transient }, reason);
        }
    }

    private async Task<(PlatformAnswer? Answer, ProviderFailure? Failure, Exception? Reason)> TryAsync(
        SocialAccount account, Func<HttpRequestMessage> request, string token, CancellationToken cancellationToken)
    {
        try
        {
            using var message = request();
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await access.ClientOf(account).SendAsync(
                message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var answer = await ReadAsync(response, cancellationToken);
            return (answer, answer.IsSuccess ? null : failureOf(answer), null);
        }
        catch (Exception reason) when (ProviderFailure.Of(_label, reason, access.Timeout, cancellationToken) is { } failure)
        {
            return (null, failure, reason);
        }
    }

    private async Task<PlatformAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(access.Timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        await response.Content.LoadIntoBufferAsync(LargestAnswer, either.Token);
        var body = await response.Content.ReadAsByteArrayAsync(either.Token);
        return new((int)response.StatusCode, response.Headers, body, timeProvider.GetUtcNow());
    }
}

/// <summary>An answer of a platform.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">Its body.</param>
/// <param name="At">When it came.</param>
internal sealed record PlatformAnswer(int Status, HttpResponseHeaders Headers, byte[] Body, DateTimeOffset At)
{
    // enough of it for a person to see what it is
    private const int LongestText = 300;

    /// <summary>Whether it was done.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The body; null when it is not what the platform answers.</summary>
    public T? Read<T>(JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type);
        }
        catch (JsonException)
        {
            return null; // a gateway's page
        }
    }

    /// <summary>A header; null where it did not come.</summary>
    public string? Header(string name) =>
        Headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>What an error answer means where no code of the platform's says more.</summary>
    /// <param name="error">What is told of it.</param>
    /// <param name="wait">What its headers say.</param>
    /// <param name="limitWait">The wait after a limit if they say nothing.</param>
    /// <param name="code">The platform's code.</param>
    /// <param name="isOwn">Whether it is the platform's own: a 401 of a gateway says nothing of the account.</param>
    public ProviderFailure FailureOfStatus(
        string error, TimeSpan? wait, TimeSpan? limitWait = null, string? code = null, bool isOwn = true) => Status == 401 && !isOwn
        ? new(FailureKind.Transient, error, Status, wait, code)
        : ProviderFailure.OfStatus(Status, error, wait, limitWait, code: code);

    /// <summary>What an error answer says, for people.</summary>
    public string Describe(string label, string? code, string? message) => StorableText.Cut(
        $"{label} answered {Status}{(code is null ? "" : $" ({code})")}: {message ?? StorableText.From(Encoding.UTF8.GetString(Body))}",
        LongestText);
}
