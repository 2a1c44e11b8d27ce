using Switchboard.Analytics.Worker;
using Switchboard.Core.Diagnostics;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.Services.AddLogRedaction();
builder.AddStores();
builder.AddAnalyticsJobs();

var app = builder.Build();
app.MapDefaultEndpoints();
await app.RunAsync();
