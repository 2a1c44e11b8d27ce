using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Smtp;

/// <summary>
/// A mail server (RFC 5321) on this machine that takes mail for everybody and delivers it to nobody: one session a connection. Its
/// certificate is nobody's but its own.
/// </summary>
internal sealed partial class SmtpServer(
    MessageStore<TakenMail> mails, FaultList faults, IOptions<SmtpOptions> options, TimeProvider timeProvider, ILogger<SmtpServer> logger)
    : IHostedService, IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, options.Value.Port);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lazy<X509Certificate2> _certificate = new(MakeCertificate);
    private Task _accepting = Task.CompletedTask;
    private long _connections;

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections there were so far.</summary>
    public long Connections => Interlocked.Read(ref _connections);

    public SmtpOptions Options => options.Value;

    public X509Certificate2 Certificate => _certificate.Value;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        _accepting = AcceptAsync(_stop.Token);
        Log.Listening(logger, Port);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _stop.Dispose();
        if (_certificate.IsValueCreated)
        {
            _certificate.Value.Dispose();
        }
    }

    /// <summary>The fault that strikes a recipient's command; null when it may go on.</summary>
    public Fault? FaultOf(string command) => faults.Strike(Providers.Smtp, command);

    /// <summary>Waits as a fault wants it.</summary>
    public Task WaitAsync(TimeSpan time, CancellationToken cancellationToken) => Task.Delay(time, timeProvider, cancellationToken);

    /// <summary>Takes a mail, once for each recipient; answers its id in the queue.</summary>
    public string Take(long connection, string from, IReadOnlyList<string> recipients, byte[] content) => recipients
        .Select(to => mails.Add(sequence => new TakenMail(sequence, connection, from, to, content))).ToList()[0].Id;

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(cancellationToken), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // the process ends
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using (client)
        {
            client.NoDelay = true;
            try
            {
                using var session = new SmtpSession(this, client.GetStream(), Interlocked.Increment(ref _connections));
                await session.RunAsync(cancellationToken);
            }
            catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                Log.Broken(logger, broken.Message);
            }
        }
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(80));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The mail server listens on port {Port}")]
        public static partial void Listening(ILogger logger, int port);

        [LoggerMessage(LogLevel.Debug, "A mail session broke: {Reason}")]
        public static partial void Broken(ILogger logger, string reason);
    }
}
