using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Npgsql;
using Switchboard.Core.Security;
using Switchboard.Edge.Api.Platform;
using Switchboard.Tests.Edge;

[assembly: AssemblyFixture(typeof(SharedEdge))]

namespace Switchboard.Tests.Edge;

/// <summary>
/// The edge as a process, on a real database. Redis and the broker are not there: the edge works without the first, and what needs the
/// second answers 503.
/// </summary>
public partial class EdgeProcess : IAsyncLifetime
{
    public const string EncryptionKey = "only-for-tests-only-for-tests-only-for-tests";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly List<string> _output = [];
    private readonly List<(string Text, TaskCompletionSource Said)> _awaited = [];
    private readonly string _media = Directory.CreateTempSubdirectory("switchboard-media-").FullName;
    private Process? _process;

    public PostgresServer Postgres { get; } = new();

    /// <summary>Where it listens; the first is what <see cref="Http"/> asks.</summary>
    protected virtual string Urls => "http://127.0.0.1:0";

    /// <summary>What it is told besides, as variables of its environment.</summary>
    protected virtual IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>();

    public HttpClient Http { get; } = new() { Timeout = Patience };

    public NpgsqlDataSource Database { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        await Postgres.InitializeAsync();
        // also while writing is forbidden by default
        Database = NpgsqlDataSource.Create(Postgres.ConnectionString + ";Options=-c default_transaction_read_only=off");
        await BeforeStartAsync();
        Http.BaseAddress = await StartAsync();
    }

    /// <summary>What is to be there besides, when the database is.</summary>
    protected virtual Task BeforeStartAsync() => Task.CompletedTask;

    /// <summary>A user, and a key with these scopes.</summary>
    public async Task<(Guid UserId, string Key)> NewUserAsync(params string[] scopes)
    {
        var userId = Guid.CreateVersion7();
        await using var command = Database.CreateCommand("INSERT INTO users (id, email, name, created_at) VALUES ($1, $2, 'Someone', now())");
        command.Parameters.AddWithValue(userId);
        command.Parameters.AddWithValue($"{userId:n}@example.com");
        await command.ExecuteNonQueryAsync();
        return (userId, await NewKeyAsync(userId, scopes));
    }

    /// <summary>Runs a statement.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>One more key of a user.</summary>
    public async Task<string> NewKeyAsync(Guid userId, params string[] scopes)
    {
        var key = ApiKeySecret.New();
        await using var command = Database.CreateCommand(
            "INSERT INTO api_keys (id, user_id, name, hash, prefix, scopes, created_at) VALUES ($1, $2, 'test', $3, $4, $5, now())");
        command.Parameters.AddWithValue(Guid.CreateVersion7());
        command.Parameters.AddWithValue(userId);
        command.Parameters.AddWithValue(ApiKeySecret.Hash(key));
        command.Parameters.AddWithValue(ApiKeySecret.Shown(key));
        command.Parameters.AddWithValue(scopes);
        await command.ExecuteNonQueryAsync();
        return key;
    }

    public Task<HttpResponseMessage> GetAsync(string key, string path) => SendAsync(HttpMethod.Get, key, path, null);

    public Task<HttpResponseMessage> PostAsync(string key, string path, object body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, key, path, body as HttpContent ?? JsonContent.Create(body), headers);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string key, string path, HttpContent? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request);
    }

    public static async Task<JsonNode> JsonAsync(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

    public virtual async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        Http.Dispose();
        await Database.DisposeAsync();
        await Postgres.DisposeAsync();
        Directory.Delete(_media, recursive: true);
        GC.SuppressFinalize(this);
    }

    private async Task<Uri> StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Scope).Assembly.Location, "--urls", Urls])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.Combine(Repository(), "Edge.Api"),
            Environment =
            {
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
                ["ConnectionStrings__switchboard"] = Postgres.ConnectionString.Replace(";Timeout=5", "", StringComparison.Ordinal),
                ["ConnectionStrings__redis"] = "127.0.0.1:1,abortConnect=false,connectTimeout=500,connectRetry=0",
                ["ConnectionStrings__rabbitmq"] = "amqp://127.0.0.1:1",
                ["Encryption__Key"] = EncryptionKey,
                ["Jobs__ConfirmTimeoutSeconds"] = "1",
                ["Media__Folder"] = _media,
            },
        };
        foreach (var (name, value) in Settings)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.OutputDataReceived += Listen;
        _process.ErrorDataReceived += Listen;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        return await address.Task.WaitAsync(Patience);

        void Listen(object sender, DataReceivedEventArgs line)
        {
            lock (_gate)
            {
                _output.Add(line.Data ?? "(end)");
                foreach (var (_, said) in _awaited.Where(one => _output[^1].Contains(one.Text, StringComparison.Ordinal)))
                    said.TrySetResult();
            }

            if (ListeningOn().Match(line.Data ?? "") is { Success: true } match)
                address.TrySetResult(new(match.Groups[1].Value));
            else if (line.Data is null)
                address.TrySetException(new InvalidOperationException($"The edge did not start: {Output()}"));
        }
    }

    /// <summary>Waits until the process has written a line with this text.</summary>
    public Task SaysAsync(string text)
    {
        lock (_gate)
        {
            if (_output.Any(line => line.Contains(text, StringComparison.Ordinal)))
                return Task.CompletedTask;
            var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((text, said));
            return said.Task.WaitAsync(Patience);
        }
    }

    /// <summary>What the process wrote.</summary>
    public string Output()
    {
        lock (_gate)
            return string.Join('\n', _output);
    }

    /// <summary>What the process logged as an error or worse.</summary>
    public IReadOnlyList<string> Errors() => [.. Entry().Split(Output())
        .Where(entry => entry.StartsWith("fail: ", StringComparison.Ordinal) || entry.StartsWith("crit: ", StringComparison.Ordinal))];

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Aspire.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }

    // the lines that belong to an entry of the log are indented
    [GeneratedRegex(@"\n(?! )")]
    private static partial Regex Entry();

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex ListeningOn();
}

/// <summary>
/// One for all tests that make users of their own and look at what is theirs. Who stops a server, changes what holds for everybody, or runs
/// what works for all users starts one of their own.
/// </summary>
public sealed class SharedEdge : EdgeProcess;
