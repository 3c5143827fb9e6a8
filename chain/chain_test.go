package chain

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHead(t *testing.T) {
	for title, want := range map[string]string{
		"求购 6061-T6 铝棒 Φ20–150 可零切": "铝棒",
		"铝棒加工设备":                    "加工设备",
		"GCr15 轴承钢 Φ20–90":          "轴承钢",
		"服装机械":                      "服装机械",
		"服装厂专用机械":                   "机械",
		"5083-H112 罐体用铝板":           "铝板",
		"厂家直销T2紫铜棒 国标实心紫铜棒 锻打紫铜棒": "紫铜棒",
		"供应 黄铜轴套 LQ1-0001":        "轴套",
		"45# 碳结圆钢 Φ20–250 热轧":     "圆钢",
		"20# 流体无缝管 GB/T 8163":     "无缝钢管",
		"求购 石墨滑环 LQ1-0002":        "滑环",
		"2205 双相钢板 酸洗面":           "不锈钢板",
		"北京H型钢、340*250*9*14H型钢":   "h型钢",
		"SMT贴片加工 小批现货":            "贴片加工",
		"大量采购纯棉床单":                "床单",
		"鋁棒":                      "铝棒",
	} {
		require.Equal(t, want, Read(title, "").Head, title)
	}
}

func TestGrades(t *testing.T) {
	for text, want := range map[string][]string{
		"SUS304 不锈钢板": {"304"}, "06Cr19Ni10 圆钢": {"304"}, "1.4301": {"304"}, "316L 不锈钢": {"316L"},
		"45#圆钢": {"45"}, "304 不锈钢管 12月20日前到货": {"304"}, "304 不锈钢管 12月20号前到货": {"304"}, "304 圆钢 45天内交货": {"304"}, "20号钢 圆钢": {"20"}, "45 号圆钢": {"45"}, "45号钢": {"45"}, "Q235B 钢板": {"Q235B"}, "6061-T6 铝棒": {"6061"},
		"PP T30S": {"T30S"}, "压铸件 ADC12": {"ADC12"}, "H59 H62 黄铜板": {"H59", "H62"}, "涤纶 150D/48F": {"150D/48F"}, "QT450-10 球墨铸铁件": {"QT450"},
	} {
		require.Equal(t, want, Read(text, "").Grades, text)
	}
	require.True(t, SameGrade("SUS304", "0Cr18Ni9"))
	require.True(t, SameGrade("45#", "C45"))
	require.False(t, SameGrade("304", "316L"))
}

func TestSizes(t *testing.T) {
	for text, want := range map[string][]Size{
		"铝棒 Φ20–120":      {{"直径", 20, 120, "mm"}},
		"钢板 2.0*1250*C":   {{"厚度", 2, 2, "mm"}, {"宽度", 1250, 1250, "mm"}},
		"铝板 厚0.5mm":       {{"厚度", 0.5, 0.5, "mm"}},
		"螺栓 M8×30":        {{"螺纹", 8, 8, "M"}, {"长度", 30, 30, "mm"}},
		"螺栓 M8–M36":       {{"螺纹", 8, 36, "M"}},
		"法兰 DN25–DN600":   {{"公称直径", 25, 600, "mm"}},
		"不锈钢板 0.8–6.0 mm": {{"规格", 0.8, 6, "mm"}},
		"直径 20-150mm":     {{"直径", 20, 150, "mm"}},
	} {
		require.Equal(t, want, Read(text, "").Sizes, text)
	}
}

func TestQuantity(t *testing.T) {
	require.Equal(t, &Amount{500, "吨", true}, Read("求购铝棒 500吨/月", "").Quantity)
	require.Equal(t, &Amount{20000, "件", false}, Read("床单 2万件", "").Quantity)
	require.Nil(t, Read("铸件 单重 5 吨内", "").Quantity)
}

func TestModels(t *testing.T) {
	require.Equal(t, []string{"6205-2RS"}, Read("6205-2RS 深沟球轴承", "").Models)
	require.Equal(t, []string{"Z41H-16C"}, Read("Z41H-16C 铸钢闸阀", "").Models)
	require.Equal(t, []string{"GB/T8163"}, Read("无缝管 GB/T 8163", "").Standards)
}

func TestRelate(t *testing.T) {
	for _, c := range []struct {
		need, supply string
		kind         FitKind
	}{
		{"求购铝棒", "6061 铝棒 现货", Same},
		{"求购铝棒", "铝圆棒", Synonym},
		{"铝棒", "铝棒加工设备", Different},
		{"轴承", "轴承钢", Different},
		{"轴承钢", "轴承", Different},
		{"紧固件", "六角螺栓 M8", Narrower},
		{"深沟球轴承", "轴承", Broader},
		{"黄铜轴套", "不锈钢轴套", Shared},
		{"浴巾", "床单", Different},
		{"印制电路板", "PCB", Synonym},
	} {
		f := Relate(Read(c.need, ""), Read(c.supply, ""))
		require.Equal(t, c.kind, f.Kind, "%s / %s: %+v", c.need, c.supply, f)
	}
}

// TestGoods: a segment of industry is known by what its firms list, and only by
// its longest name.
func TestGoods(t *testing.T) {
	require.Contains(t, Goods("光伏辅材/设备"), "背板")
	require.Contains(t, Goods("半导体封装材料"), "引线框架")
	require.NotContains(t, Goods("封装材料"), "测试机")
	require.Empty(t, Goods("6061铝棒"))
	for name, goods := range segments.goods {
		require.NotEmpty(t, goods, name)
		require.Equal(t, name, Normalise(name))
	}
}

// TestVariants: what the trades call differently has the same grams; what only
// looks alike has not.
func TestVariants(t *testing.T) {
	grams := func(text string) map[string]bool {
		out := map[string]bool{}
		for _, g := range Read(text, "").Grams {
			if g.Sign == GramPair {
				out[g.Text] = true
			}
		}
		return out
	}
	for _, same := range [][2]string{{"刹车液", "制动液"}, {"漂白用浸湿剂", "漂白润湿剂"}, {"铸造用砂", "铸造沙"}, {"醋酸铝", "乙酸铝"}, {"保险箱", "保险柜"}} {
		require.Equal(t, grams(same[0]), grams(same[1]), same)
	}
	require.NotEqual(t, grams("醋酸"), grams("食醋"))
	require.Equal(t, "剂", Ending("求购 脱毛制剂（外用）"))
	require.Equal(t, "钢", Ending("轴承钢"))
}

// TestPartsOfRuns: a model is also found by a part of it, a number by the whole alone.
func TestPartsOfRuns(t *testing.T) {
	for text, want := range map[string][]string{
		"word2003":   {"word2003", "wor", "ord", "2003"},
		"m125a":      {"m125a", "125"},
		"pump":       {"pump", "pum", "ump"},
		"6061":       {"6061"},
		"led":        {"led"},
		"m8":         {"m8"},
		"YE3-160M-4": {"ye3", "ye", "160m", "160", "4"},
	} {
		var got []string
		for _, g := range Read(text, "").Grams {
			if g.Sign == GramPair {
				got = append(got, g.Text)
			}
		}
		require.Equal(t, want, got, text)
	}
}

func TestReadIsDeterministic(t *testing.T) {
	title := "厂家直销长期供应铜板 高精铜板 紫铜板 T2铜板 生产厂家"
	first := Read(title, "厚度 2-6mm")
	for range 20 {
		require.Equal(t, first, Read(title, "厚度 2-6mm"))
	}
}

func TestConvert(t *testing.T) {
	v, ok := Convert(2, "吨", "kg")
	require.True(t, ok)
	require.InDelta(t, 2000, v, 1e-9)
	v, ok = Convert(3, "万米", "m")
	require.True(t, ok)
	require.InDelta(t, 30000, v, 1e-9)
	_, ok = Convert(1, "吨", "米")
	require.False(t, ok)
}

func TestTablesAreSound(t *testing.T) {
	count := 0
	for _, f := range rows(productTable, 4) {
		e := words[f[0]]
		require.NotNil(t, e, f)
		require.Equal(t, f[0], Normalise(f[0]), "a word must be written as it is compared")
		if e.class != "" {
			_, ok := ClassByCode(e.class)
			require.True(t, ok, f)
		}
		if e.parent != "" {
			require.NotNil(t, words[e.parent], f)
			require.Equal(t, e.parent, words[e.parent].canonical, f)
		}
	}
	for _, list := range relations.up {
		count += len(list)
	}
	require.Greater(t, count, 500)
	require.Equal(t, []string{"3252"}, Embedded.GuessClass(Read("6061 铝棒", "")))
	require.True(t, slices.ContainsFunc(Upstream("铝型材"), func(r Relation) bool { return r.From == "铝棒" }))
	require.True(t, slices.ContainsFunc(Downstream("棉纱"), func(r Relation) bool { return r.To == "毛巾" }))
}

func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		Read("求购 6061-T6 铝棒 Φ20–150 可零切 长期采购 500吨/月", "")
	}
}

func FuzzRead(f *testing.F) {
	f.Add("6061-T6 铝棒 Φ20–150", "DN15–DN600 2.0*1250*C")
	f.Fuzz(func(t *testing.T, title, text string) { Read(title, text) })
}

func TestGoodsOfWholeSegmentsOnly(t *testing.T) {
	require.Contains(t, Goods("日用玻璃"), "钢化玻璃")
	require.NotContains(t, Goods("玻璃瓶"), "钢化玻璃")
	require.Contains(t, Goods("光伏辅材/设备"), "光伏玻璃")
}
