using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Channels.Chat;

/// <summary>Discord's webhooks (https://docs.discord.com/developers/resources/webhook#execute-webhook).</summary>
internal sealed class DiscordWebhook(ChatWebhookClient client) : IAddressService
{
    private const int LongestText = 2_000;
    private const int LongestSubject = 256;

    // the codes of https://docs.discord.com/developers/topics/opcodes-and-status-codes
    private const int UnknownWebhook = 10015;
    private const int InvalidWebhookToken = 50027;

    private static readonly WebhookRules Rules = new(
        "Discord", ["discord.com", "*.discord.com", "discordapp.com"], new(5, TimeSpan.FromSeconds(2)));

    public string Name => "discord";

    public Task<SendResult> SendAsync(string address, ChannelMessage message, CancellationToken cancellationToken)
    {
        var text = message.Content?.Subject is { Length: > 0 } subject
            ? $"**{StorableText.Cut(subject, LongestSubject)}**\n{message.Body}"
            : message.Body;
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new DiscordMessage(StorableText.Cut(WithoutLinks(text), LongestText), new([])), ChatJson.Compact.DiscordMessage);
        return client.PostAsync(address, Rules, Waiting, body, answer => Read(answer, message), cancellationToken);
    }

    // without it a message that was not saved gives no error
    private static Uri Waiting(Uri webhook) => new(QueryHelpers.AddQueryString(webhook.AbsoluteUri, "wait", "true"));

    // a text that says one address and leads to another
    private static string WithoutLinks(string text) => text.Replace("](", "]\\(", StringComparison.Ordinal);

    private SendResult Read(WebhookAnswer answer, ChannelMessage message)
    {
        var reply = Parse(answer.Body);
        if (answer.IsSuccess)
            return new SendResult.Accepted(reply?.Id ?? message.NotificationId.ToString(), answer.Status);

        var code = reply?.Code?.ToString(CultureInfo.InvariantCulture);
        var text = reply?.Message is { } said
            ? $"Discord error {code ?? answer.Status.ToString(CultureInfo.InvariantCulture)}: {StorableText.Cut(said, 200)}"
            : $"Discord answered HTTP {answer.Status}.";
        return (answer.Status, reply?.Code) switch
        {
            // the webhook or its channel was deleted
            (404 or 410, _) or (_, UnknownWebhook or InvalidWebhookToken) =>
                new ProviderFailure(FailureKind.NotFound, text, answer.Status, Code: code),

            // 403 with a code is the webhook's, without one the page of what guards Discord against too many requests
            (403, not null) => new ProviderFailure(FailureKind.NotFound, text, answer.Status, Code: code),
            (403, null) => client.Failure(429, text, answer.RetryAfter) with { HttpStatus = 403 },
            (429, _) => client.Failure(429, text, WaitOf(reply) ?? answer.RetryAfter, code),
            _ => client.Failure(answer.Status, text, answer.RetryAfter, code),
        };
    }

    // seconds, as a float; more exact than the header
    private static TimeSpan? WaitOf(DiscordAnswer? reply) => reply?.RetryAfter is > 0 and var seconds
        ? TimeSpan.FromSeconds(Math.Min(seconds, RetryAfterHeader.Longest.TotalSeconds))
        : null;

    private static DiscordAnswer? Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ChatJson.Default.DiscordAnswer);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <param name="Content">The text, in Discord's markdown.</param>
/// <param name="AllowedMentions">Whom the text may call: nobody.</param>
internal sealed record DiscordMessage(string Content, DiscordMessage.Mentions AllowedMentions)
{
    internal sealed record Mentions(IReadOnlyList<string> Parse);
}

/// <summary>The message that was made, or an error.</summary>
internal sealed record DiscordAnswer(string? Id, int? Code, string? Message, double? RetryAfter);
