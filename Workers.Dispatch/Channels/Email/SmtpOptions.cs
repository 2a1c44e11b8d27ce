using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using MailKit.Security;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using MimeKit;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Notifications;

namespace Switchboard.Workers.Dispatch.Channels.Email;

/// <summary>The server that mail goes out by, and who it is from; section <c>Email</c>. Without a host there is no mail.</summary>
internal sealed class SmtpOptions
{
    public const string Section = "Email";

    /// <summary>The server; without one no mail is sent, and each notification by mail fails and says so.</summary>
    public string? Host { get; set; }

    /// <summary>Its port: 587 with STARTTLS, 465 with TLS.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 587;

    /// <summary><c>starttls</c>, <c>tls</c> from the first byte, or <c>none</c>, in Development alone.</summary>
    [AllowedValues("starttls", "tls", "none")]
    public string Security { get; set; } = "starttls";

    /// <summary>Who logs in; without one nobody does.</summary>
    public string? UserName { get; set; }

    /// <summary>The password.</summary>
    public string? Password { get; set; }

    /// <summary>The address that mail comes from; required with a host.</summary>
    public string? From { get; set; }

    /// <summary>The name that stands beside it.</summary>
    public string? FromName { get; set; }

    /// <summary>Where answers go, if not to <see cref="From"/>.</summary>
    public string? ReplyTo { get; set; }

    /// <summary>
    /// Where mail that cannot be delivered comes back to, each with its notification's id: of <c>bounce@example.com</c> it is
    /// <c>bounce+{id}@example.com</c>. Without one it comes back to <see cref="From"/>.
    /// </summary>
    public string? BounceAddress { get; set; }

    /// <summary>What stands behind the <c>@</c> of Message-IDs, the same for ever; if none is set, the domain of
    /// <see cref="From"/>.</summary>
    public string? MessageIdDomain { get; set; }

    /// <summary>How many mails the server takes in a second, over all processes.</summary>
    [Range(1, 100_000)]
    public int MessagesPerSecond { get; set; } = 10;

    /// <summary>How many connections a process has at most; who needs one more waits.</summary>
    [Range(1, 100)]
    public int MaxConnections { get; set; } = 4;

    /// <summary>How long a connection is kept when nothing is to be sent.</summary>
    [Range(1, 600)]
    public int IdleSeconds { get; set; } = 30;

    /// <summary>How long a mail may take, once there is a connection for it: to connect, log in, send and be answered.</summary>
    [Range(0.1, 600)]
    public double TimeoutSeconds { get; set; } = 6;

    /// <summary>The wait after the server had to refuse for the time being: a mailbox that is busy, a sender that it has not seen
    /// before.</summary>
    [Range(1, 86_400)]
    public double GreylistSeconds { get; set; } = 300;

    /// <summary>The wait after the server had no time for any mail.</summary>
    [Range(1, 3600)]
    public double LimitSeconds { get; set; } = 10;

    /// <summary>The wait after the day's quota of the account was used up.</summary>
    [Range(1, 86_400)]
    public double QuotaSeconds { get; set; } = 3600;

    /// <summary>The wait while the account needs its operator: a password or a sender that is not taken. Nothing is sent
    /// meanwhile.</summary>
    [Range(1, 86_400)]
    public double AccountSeconds { get; set; } = 60;

    /// <summary>Files that are sent along.</summary>
    [ValidateObjectMembers]
    public AttachmentOptions Attachments { get; set; } = new();

    /// <summary>Whether there is a server at all.</summary>
    public bool IsConfigured => !string.IsNullOrWhiteSpace(Host);

    /// <summary>How the connection is secured.</summary>
    public SecureSocketOptions Socket => Security switch
    {
        "tls" => SecureSocketOptions.SslOnConnect,
        "none" => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };
}

/// <summary>How the files of a mail are fetched when it is sent.</summary>
internal sealed class AttachmentOptions
{
    /// <summary>How many files a mail may have.</summary>
    [Range(0, 100)]
    public int MaxCount { get; set; } = 10;

    /// <summary>How large they may be together, in megabytes (2^20 bytes).</summary>
    [Range(1, 100)]
    public int MaxMegabytes { get; set; } = 10;

    /// <summary>How long all of them may take.</summary>
    [Range(0.1, 600)]
    public double TimeoutSeconds { get; set; } = 3;

    /// <summary>The operator's own file server, which alone may be at a private address; none if it is not set.</summary>
    [Url]
    public string? PrivateBaseUrl { get; set; }
}

/// <summary>Refuses to start with half of a server, with an address that is none, or with a timeout that is too long.</summary>
internal sealed class SmtpOptionsValidator(IHostEnvironment environment, IOptions<DispatchOptions> dispatch) : IValidateOptions<SmtpOptions>
{
    public ValidateOptionsResult Validate(string? name, SmtpOptions options)
    {
        if (!options.IsConfigured)
            return ValidateOptionsResult.Success;
        var errors = new ValidateOptionsResultBuilder();
        if (string.IsNullOrWhiteSpace(options.From))
            errors.AddError("Email:From must be set where Email:Host is: the address that mail comes from.");
        foreach (var (setting, address) in new[]
                 {
                     (nameof(options.From), options.From), (nameof(options.ReplyTo), options.ReplyTo),
                     (nameof(options.BounceAddress), options.BounceAddress),
                 })
        {
            if (!string.IsNullOrWhiteSpace(address) && !EmailAddress.TryRead(address, out _))
                errors.AddError($"Email:{setting} must be an email address without a name, not '{address}'.");
        }

        if (string.IsNullOrWhiteSpace(options.UserName) != string.IsNullOrEmpty(options.Password))
            errors.AddError("Email:UserName and Email:Password belong together: set both or neither.");
        if (options.Security == "none" && !environment.IsDevelopment())
            errors.AddError("Email:Security may be none in Development alone: use starttls or tls.");
        if (!string.IsNullOrWhiteSpace(options.MessageIdDomain) && Uri.CheckHostName(options.MessageIdDomain) != UriHostNameType.Dns)
            errors.AddError($"Email:MessageIdDomain must be the name of a domain, not '{options.MessageIdDomain}'.");
        if (options.TimeoutSeconds + options.Attachments.TimeoutSeconds >= dispatch.Value.InDoubtSeconds)
        {
            errors.AddError(
                "Email:TimeoutSeconds and Email:Attachments:TimeoutSeconds together must be shorter than Dispatch:InDoubtSeconds: "
                + "a mail under way is not in doubt yet.");
        }

        return errors.Build();
    }
}

/// <summary>Registration of the email channel.</summary>
internal static class EmailServices
{
    public static IServiceCollection AddEmail(this IServiceCollection services)
    {
        services.AddOptions<SmtpOptions>().BindConfiguration(SmtpOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SmtpOptions>, SmtpOptionsValidator>());
        services.TryAddSingleton<RecipientAddressStore>();
        services.AddSingleton<SmtpConnections>();
        services.AddSingleton<AttachmentDownload>();
        services.AddSingleton<IChannel, SmtpEmailChannel>();

        // anybody's server: its own limits of time and size, and no circuit that it shares with others'
#pragma warning disable EXTEXP0001 // the only way to have other options than all clients have
        services.AddProviderHttpClient(
            AttachmentDownload.HttpClientName,
            provider => Attachments(provider) is { PrivateBaseUrl: { Length: > 0 } own } options
                ? new(own, TimeSpan.FromSeconds(options.TimeoutSeconds), AllowPrivateAddresses: true)
                : new("https://attachments.invalid", TimeSpan.FromSeconds(Attachments(provider).TimeoutSeconds)))
            .RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        return services;
    }

    private static AttachmentOptions Attachments(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<SmtpOptions>>().Value.Attachments;
}

/// <summary>Addresses as they are written in settings and notifications: without a name, and nothing else beside them.</summary>
internal static class EmailAddress
{
    public static bool TryRead(string text, [NotNullWhen(true)] out MailboxAddress? address) =>
        MailboxAddress.TryParse(text, out address) && address.Address == text && address.Address.Contains('@', StringComparison.Ordinal);

    /// <summary>Whether what stands before the <c>@</c> is more than ASCII: only a server with SMTPUTF8 takes it (RFC 6531).</summary>
    public static bool NeedsUtf8(this MailboxAddress address) => !Ascii.IsValid(address.LocalPart);
}
