// A process to start and stop: says what it was told, and ends as it is asked to.
using System.Collections;

if (args is ["exit", var code]) return int.Parse(code, System.Globalization.CultureInfo.InvariantCulture);

var app = WebApplication.CreateBuilder(args).Build();
app.MapGet("/health", () => "Healthy");
app.MapGet("/pid", () => Environment.ProcessId);
app.MapGet("/environment", () => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value));
app.Run();
return 0;
