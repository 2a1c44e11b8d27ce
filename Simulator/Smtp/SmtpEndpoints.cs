using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Switchboard.Simulator.Control;
using Switchboard.Simulator.Google;

namespace Switchboard.Simulator.Smtp;

/// <summary>Options of the section <c>Smtp</c>; the values of the product's Development settings are the defaults.</summary>
internal sealed class SmtpOptions
{
    public const string Section = "Smtp";

    /// <summary>Where the mail server listens; 0 for any free port.</summary>
    [Range(0, 65_535)]
    public int Port { get; set; } = 5025;

    [Required]
    public string UserName { get; set; } = "demo";

    [Required]
    public string Password { get; set; } = "demo-smtp-password";

    /// <summary>The largest mail that is taken.</summary>
    [Range(1, 100)]
    public int MaxMegabytes { get; set; } = 25;
}

/// <summary>A mail server, and at <c>/_sim/smtp</c> what a test or a person sees of it and does to it.</summary>
internal static class SmtpEndpoints
{
    public static IServiceCollection AddSmtp(this IServiceCollection services)
    {
        services.AddOptions<SmtpOptions>().BindConfiguration(SmtpOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<MessageStore<TakenMail>>()
            .AddSingleton<SmtpServer>()
            .AddHostedService(provider => provider.GetRequiredService<SmtpServer>())
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, SmtpJson.Default));
    }

    public static void MapSmtpControl(this WebApplication app)
    {
        var group = app.MapGroup("/_sim/smtp");
        group.MapGet("", (SmtpServer server) => new SmtpState(server.Port, server.Connections));
        group.MapGet("/messages", List);
        group.MapGet("/messages/{id}/raw", (string id, MessageStore<TakenMail> mails) =>
            mails.Find(id) is { } mail ? Results.Bytes(mail.Content, "message/rfc822") : Unknown(id));
        group.MapDelete("/messages", (MessageStore<TakenMail> mails) => mails.Clear());
        group.MapPost("/bounce/{id}", Bounce);
    }

    private static IResult List(
        MessageStore<TakenMail> mails, string? since = null, int limit = Since.DefaultLimit, string? to = null, string? q = null)
    {
        if (!Since.TryParse(since, out var after))
        {
            return ControlProblems.Invalid("since", Since.Error);
        }

        if (limit is < 1 or > Since.MostLimit)
        {
            return ControlProblems.Invalid("limit", Since.LimitError);
        }

        var (page, next) = Since.Page(mails, after, limit, mail => mail.IsTo(to) && mail.Says(q));
        return Results.Json(new MailPage([.. page.Select(mail => mail.View)], next), SmtpJson.Readable.MailPage);
    }

    // as the recipient's server reports it, to where the mail comes back to
    private static IResult Bounce(string id, MessageStore<TakenMail> mails, Inbox inbox, BounceRequest? request = null)
    {
        if (mails.Find(id) is not { } mail)
        {
            return Unknown(id);
        }

        request ??= new();
        var (name, domain) = (mail.From[..mail.From.LastIndexOf('@')], mail.From[mail.From.LastIndexOf('@')..]);
        var report = new ReportedDelivery(mail.To, request.Action ?? "failed", request.Status ?? "5.1.1", request.Diagnostic);
        inbox.Receive(
        [
            new NewMail(
                request.Mailbox ?? name.Split('+')[0] + domain,
                "Mail Delivery System <MAILER-DAEMON@mx.simulator.test>",
                "Undelivered Mail Returned to Sender",
                $"Your message to {mail.To} could not be delivered.",
                Headers: new Dictionary<string, string> { ["Return-Path"] = "<>", ["Auto-Submitted"] = "auto-replied" },
                Report: [report],
                Reported: request.Reported ?? mail.View.MessageId),
        ]);
        return Results.Accepted();
    }

    private static IResult Unknown(string id) => Results.Problem(
        "Take an id from GET /_sim/smtp/messages.", statusCode: 404, title: $"There is no mail {id}.");
}

/// <summary>What <c>GET /_sim/smtp</c> answers.</summary>
/// <param name="Port">Where the server listens.</param>
/// <param name="Connections">How many connections there were so far.</param>
internal sealed record SmtpState(int Port, long Connections);

/// <summary>Mails that were taken.</summary>
/// <param name="Items">Oldest first.</param>
/// <param name="NextCursor">The <c>since</c> of the next page; null when this is the last.</param>
internal sealed record MailPage(
    IReadOnlyList<MailView> Items, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextCursor);

/// <summary>The body of <c>POST /_sim/smtp/bounce/{id}</c>; it may be left out.</summary>
/// <param name="Mailbox">The Gmail mailbox that the report comes to; else the address that the mail was sent from, without what follows its plus.</param>
/// <param name="Action">failed, delayed, delivered, relayed or expanded.</param>
/// <param name="Status">The status code of RFC 3463.</param>
/// <param name="Diagnostic">What the recipient's server said.</param>
/// <param name="Reported">Another Message-ID than the mail's, for a report that is forged.</param>
internal sealed record BounceRequest(
    string? Mailbox = null, string? Action = null, string? Status = null, string? Diagnostic = null, string? Reported = null);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SmtpState))]
[JsonSerializable(typeof(MailPage))]
[JsonSerializable(typeof(BounceRequest))]
internal sealed partial class SmtpJson : JsonSerializerContext
{
    /// <summary>For what people read.</summary>
    public static SmtpJson Readable { get; } = new(ReadableJson.Options());
}
