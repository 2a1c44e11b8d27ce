using System.Net.Security;
using System.Text;
using System.Text.RegularExpressions;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Smtp;

/// <summary>
/// A connection of a mail client: EHLO, STARTTLS (RFC 3207), AUTH PLAIN and LOGIN (RFC 4954), SIZE, 8BITMIME, SMTPUTF8, PIPELINING. Faults
/// strike when a recipient is named; one that takes the mail and loses the answer, after the final dot.
/// </summary>
internal sealed partial class SmtpSession(SmtpServer server, Stream network, long connection) : IDisposable
{
    private readonly int _mostBytes = server.Options.MaxMegabytes * 1024 * 1024;
    private readonly List<string> _recipients = [];
    private SmtpLines _lines = new(network);
    private SslStream? _tls;
    private string? _sender;
    private bool _isIn;
    private bool _losesAnswer;

    /// <summary>Serves the client until it or a fault closes the connection.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await ReplyAsync("220 mx.simulator.test ESMTP", cancellationToken);
        while (await _lines.ReadAsync(SmtpLines.LongestCommand, cancellationToken) is { } line)
        {
            if (line.IsTooLong)
            {
                await ReplyAsync("500 5.5.2 Line too long", cancellationToken);
            }
            else if (!await HandleAsync(line.Text, cancellationToken))
            {
                return;
            }
        }
    }

    public void Dispose() => _tls?.Dispose();

    // false to close
    private async Task<bool> HandleAsync(string line, CancellationToken cancellationToken)
    {
        var (verb, argument) = (line.Split(' ', 2)[0].ToUpperInvariant(), line.Split(' ', 2) is [_, var rest] ? rest.Trim() : "");
        switch (verb)
        {
            case "RCPT":
                return await RecipientAsync(argument, cancellationToken);
            case "DATA" when _recipients.Count > 0:
                return await DataAsync(cancellationToken);
            case "STARTTLS" when _tls is null:
                await StartTlsAsync(cancellationToken);
                return true;
            case "AUTH":
                await ReplyAsync(await LoginAsync(argument, cancellationToken), cancellationToken);
                return true;
            case "QUIT":
                await ReplyAsync("221 2.0.0 Bye", cancellationToken);
                return false;
            default:
                await ReplyAsync(Answer(verb, argument), cancellationToken);
                return true;
        }
    }

    private string Answer(string verb, string argument)
    {
        switch (verb)
        {
            case "EHLO":
                Reset();
                return string.Join("\r\n", (string[])
                [
                    "250-mx.simulator.test", .. _tls is null ? ["250-STARTTLS"] : Array.Empty<string>(), "250-AUTH PLAIN LOGIN",
                    $"250-SIZE {_mostBytes}", "250-8BITMIME", "250-SMTPUTF8", "250-ENHANCEDSTATUSCODES", "250 PIPELINING",
                ]);
            case "HELO":
                Reset();
                return "250 mx.simulator.test";
            case "MAIL" when !_isIn:
                return "530 5.7.0 Authentication required";
            case "MAIL" when _sender is null && Path().Match(argument) is { Success: true } path:
                if (Size().Match(argument) is { Success: true } size && (!int.TryParse(size.Groups[1].Value, out var bytes) || bytes > _mostBytes))
                {
                    return TooLarge;
                }

                _sender = path.Groups[1].Value;
                return "250 2.1.0 Ok";
            case "RSET":
                Reset();
                return "250 2.0.0 Ok";
            case "NOOP":
                return "250 2.0.0 Ok";
            case "VRFY":
                return "252 2.5.0 Send some mail, and I will try my best";
            case "MAIL" or "DATA" or "STARTTLS":
                return "503 5.5.1 Bad sequence of commands";
            default:
                return "500 5.5.2 Command not recognized";
        }
    }

    private async Task<bool> RecipientAsync(string argument, CancellationToken cancellationToken)
    {
        if (_sender is null || Path().Match(argument) is not { Success: true } path)
        {
            await ReplyAsync(_sender is null ? "503 5.5.1 MAIL first" : "501 5.1.3 Bad recipient", cancellationToken);
            return true;
        }

        var recipient = path.Groups[1].Value;
        if (server.FaultOf($"RCPT TO:<{recipient}>") is { } fault)
        {
            await server.WaitAsync(fault.Latency, cancellationToken);
            switch (fault.Mode)
            {
                case FaultMode.Error:
                    await ReplyAsync(ErrorOf(fault, recipient), cancellationToken);
                    return fault.Status != 421;
                case FaultMode.Reset:
                    return false;
                case FaultMode.Timeout:
                    // until the client has had enough
                    while (await _lines.ReadAsync(SmtpLines.LongestCommand, cancellationToken) is not null)
                    {
                    }

                    return false;
                case FaultMode.AcceptThenReset:
                    _losesAnswer = true;
                    break;
            }
        }

        _recipients.Add(recipient);
        await ReplyAsync("250 2.1.5 Ok", cancellationToken);
        return true;
    }

    private async Task<bool> DataAsync(CancellationToken cancellationToken)
    {
        await ReplyAsync("354 End data with <CR><LF>.<CR><LF>", cancellationToken);
        using var content = new MemoryStream();
        var isTooLarge = false;
        while (await _lines.ReadAsync(SmtpLines.LongestText, cancellationToken) is { } line)
        {
            if (line.Bytes.Span is [(byte)'.', .. var more])
            {
                if (more.IsEmpty)
                {
                    var answer = isTooLarge ? TooLarge : $"250 2.0.0 Ok: queued as {server.Take(connection, _sender!, _recipients, content.ToArray())}";
                    var isLost = _losesAnswer;
                    Reset();
                    if (!isLost)
                    {
                        await ReplyAsync(answer, cancellationToken);
                    }

                    return !isLost;
                }

                content.Write(more);
            }
            else
            {
                content.Write(line.Bytes.Span);
            }

            content.Write("\r\n"u8);
            isTooLarge |= line.IsTooLong || content.Length > _mostBytes;
            if (isTooLarge)
            {
                content.SetLength(0);
            }
        }

        return false;
    }

    private async Task StartTlsAsync(CancellationToken cancellationToken)
    {
        await ReplyAsync("220 2.0.0 Ready to start TLS", cancellationToken);
        _tls = new SslStream(network, leaveInnerStreamOpen: true);
        await _tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = server.Certificate }, cancellationToken);
        // what came in the clear behind the command is forgotten
        (_lines, _isIn) = (new SmtpLines(_tls), false);
        Reset();
    }

    private async Task<string> LoginAsync(string argument, CancellationToken cancellationToken)
    {
        string[]? given;
        switch (argument.Split(' '))
        {
            case ["PLAIN", var initial]:
                given = Decode(initial)?.Split('\0') is [_, var user, var password] ? [user, password] : null;
                break;
            case ["PLAIN"]:
                given = Decode(await AskAsync("334 ", cancellationToken))?.Split('\0') is [_, var name, var secret] ? [name, secret] : null;
                break;
            case ["LOGIN"]:
                given = [Decode(await AskAsync("334 VXNlcm5hbWU6", cancellationToken)) ?? "", Decode(await AskAsync("334 UGFzc3dvcmQ6", cancellationToken)) ?? ""];
                break;
            default:
                return "504 5.5.4 Unrecognized authentication type";
        }

        _isIn = given is [var who, var with] && who == server.Options.UserName && with == server.Options.Password;
        return _isIn ? "235 2.7.0 Authentication successful" : "535 5.7.8 Authentication credentials invalid";
    }

    private async Task<string> AskAsync(string challenge, CancellationToken cancellationToken)
    {
        await ReplyAsync(challenge, cancellationToken);
        return (await _lines.ReadAsync(SmtpLines.LongestCommand, cancellationToken))?.Text ?? "";
    }

    private static string? Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : null;
    }

    private static string ErrorOf(Fault fault, string recipient) => (fault.Status ?? 550) switch
    {
        421 => $"421 {fault.Code ?? "4.3.2"} Service not available, closing transmission channel",
        >= 400 and < 500 and var status => $"{status} {fault.Code ?? "4.7.1"} <{recipient}>: Greylisted, try again later",
        var status => $"{status} {fault.Code ?? "5.1.1"} <{recipient}>: No such user here",
    };

    private string TooLarge => $"552 5.3.4 Message size exceeds {_mostBytes} bytes";

    private void Reset()
    {
        (_sender, _losesAnswer) = (null, false);
        _recipients.Clear();
    }

    private async Task ReplyAsync(string text, CancellationToken cancellationToken) =>
        await (_tls ?? network).WriteAsync(Encoding.UTF8.GetBytes(text + "\r\n"), cancellationToken);

    [GeneratedRegex(@"\A(?:FROM|TO):\s*<([^<>\s]{0,320})>", RegexOptions.IgnoreCase)]
    private static partial Regex Path();

    [GeneratedRegex(@" SIZE=([0-9]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Size();
}
