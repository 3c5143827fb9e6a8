package region

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestName(t *testing.T) {
	for code, want := range map[string]string{
		"130000": "河北", "130100": "河北·石家庄", "130110": "河北·石家庄·鹿泉区",
		"110108": "北京·海淀区", "450100": "广西·南宁", "429004": "湖北·仙桃市", "999999": "",
	} {
		require.Equal(t, want, Name(code), code)
	}
}

func TestParents(t *testing.T) {
	require.Equal(t, []string{"130100", "130000"}, Parents("130110"))
	require.Empty(t, Parents("130000"))
}

func TestDistance(t *testing.T) {
	km, ok := Distance("130100", "110000")
	require.True(t, ok)
	require.InDelta(t, 267, km, 15)
	km, ok = Distance("130110", "130110")
	require.True(t, ok)
	require.Zero(t, km)
	_, ok = Distance("130110", "000000")
	require.False(t, ok)
}

func TestEveryRegionHasParentAndPlace(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range All() {
		require.NotZero(t, r.Lat, r)
		require.False(t, seen[r.Code], "%v stands twice", r)
		if r.Parent != "" { // parents come first: nobody is his own
			require.True(t, seen[r.Parent], r)
		}
		seen[r.Code] = true
	}
}

func TestFind(t *testing.T) {
	for text, want := range map[string]string{
		"鹿泉区": "130110", "石家庄市鹿泉区": "130110", "石家庄 鹿泉": "130110", "河北省石家庄市栾城区": "130111", "130181": "130181", "石家庄市": "130100", "河北": "130000",
		"新华区": "130105", "沧州市新华区": "130902", "北京市朝阳区": "110105", "深泽县": "130128",
		"东莞": "441900", "广东省中山市": "442000", "海南儋州": "460400", // cities without counties
	} {
		got, ok := Find(text, "130110")
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "本地", "鼓楼区"} {
		got, ok := Find(text, "130110")
		require.False(t, ok, "%q is %s", text, got)
	}
}

func TestCalled(t *testing.T) {
	for name, want := range map[string]string{"栾城": "130111", "栾城区": "130111", "石家庄": "130100", "河北": "130000", "河北省": "130000", "北京": "110000", "朝阳": "211300"} {
		got, ok := Called(name)
		require.True(t, ok, name)
		require.Equal(t, want, got, name)
	}
	for _, name := range []string{"", "新华区", "鼓楼", "市辖区", "石家庄铝棒", "城"} {
		got, ok := Called(name)
		require.False(t, ok, "%q is %s", name, got)
	}
}
